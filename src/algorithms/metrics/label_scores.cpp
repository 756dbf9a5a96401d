#include <fmt/format.h>
#include <whiteline/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace whiteline {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::size_t class_count(std::span<const std::int64_t> counts) {
  const auto classes = static_cast<std::size_t>(std::lround(std::sqrt(double(counts.size()))));
  if (classes * classes != counts.size())
    throw InvalidArgument(
        fmt::format("cannot score {} counts (a confusion matrix is square) give classes * classes "
                    "counts",
                    counts.size()));
  require(std::all_of(counts.begin(), counts.end(), [](std::int64_t n) { return n >= 0; }),
          "cannot score a confusion matrix (a count is negative) give numbers of rows");
  return classes;
}

double ratio(double part, double whole) { return whole > 0.0 ? part / whole : 0.0; }

ClassScore score_of(std::int64_t hits, std::int64_t support, std::int64_t predicted) {
  if (support + predicted == 0) return {none, none, none, 0, 0};
  return {ratio(double(hits), double(predicted)), ratio(double(hits), double(support)),
          ratio(2.0 * double(hits), double(support + predicted)), support, predicted};
}

// Mean over classes that score, with weights weight(class).
template <class Weight>
ClassScore mean_score(const std::vector<ClassScore>& classes, Weight&& weight) {
  ClassScore mean;
  double weights = 0.0;
  for (const ClassScore& c : classes) {
    mean.support += c.support;
    mean.predicted += c.predicted;
    if (c.support + c.predicted == 0) continue;
    const double w = weight(c);
    weights += w;
    mean.precision += w * c.precision;
    mean.recall += w * c.recall;
    mean.f1 += w * c.f1;
  }
  for (double* value : {&mean.precision, &mean.recall, &mean.f1})
    *value = weights > 0.0 ? *value / weights : none;
  return mean;
}

double matthews_correlation(const std::vector<ClassScore>& classes, double hits, double rows) {
  double both = 0.0, truth = 0.0, labels = 0.0;  // sums of products of shares
  for (const ClassScore& c : classes) {
    both += double(c.support) * double(c.predicted);
    truth += double(c.support) * double(c.support);
    labels += double(c.predicted) * double(c.predicted);
  }
  const double spread = (rows * rows - truth) * (rows * rows - labels);
  return spread > 0.0 ? (hits * rows - both) / std::sqrt(spread) : 0.0;
}

}  // namespace

LabelScores label_scores(std::span<const std::int64_t> counts) {
  const std::size_t classes = class_count(counts);
  LabelScores scores;
  std::int64_t hits = 0, rows = 0;
  double recalls = 0.0;
  int with_rows = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    std::int64_t support = 0, predicted = 0;
    for (std::size_t other = 0; other < classes; ++other) {
      support += counts[c * classes + other];
      predicted += counts[other * classes + c];
    }
    const std::int64_t hit = counts[c * classes + c];
    scores.classes.push_back(score_of(hit, support, predicted));
    hits += hit;
    rows += support;
    if (support == 0) continue;
    recalls += scores.classes.back().recall;
    ++with_rows;
  }
  scores.macro = mean_score(scores.classes, [](const ClassScore&) { return 1.0; });
  scores.weighted =
      mean_score(scores.classes, [](const ClassScore& c) { return double(c.support); });
  scores.accuracy = rows > 0 ? double(hits) / double(rows) : none;
  scores.balanced_accuracy = rows > 0 ? recalls / with_rows : none;
  scores.matthews =
      rows > 0 ? matthews_correlation(scores.classes, double(hits), double(rows)) : none;
  return scores;
}

}  // namespace whiteline
