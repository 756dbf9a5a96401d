#include "algorithms/metrics/probabilities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace whiteline {

namespace metrics {

namespace {

void check_row(const float* row, std::int32_t classes, std::size_t number) {
  constexpr double rounding = 1e-3;  // of the sum
  double sum = 0.0;
  bool inside = true;
  for (std::int32_t c = 0; c < classes; ++c) {
    inside = inside && row[c] >= 0.0f && row[c] <= 1.0f;  // false for NaN
    sum += row[c];
  }
  if (!inside || std::abs(sum - 1.0) > rounding)
    throw InvalidArgument(
        fmt::format("cannot judge the probabilities of row {} (they add up to {:.6g}, or one is "
                    "not in 0 to 1) give probabilities of all classes",
                    number, sum));
}

}  // namespace

std::vector<ProbabilityRow> known_rows(std::span<const std::int32_t> truth,
                                       std::span<const float> probabilities, std::int32_t classes) {
  if (classes < 1 || probabilities.size() != truth.size() * std::size_t(classes))
    throw InvalidArgument(
        fmt::format("cannot judge {} probabilities of {} rows and {} classes (one a row and class "
                    "is needed) give those of the same spectra",
                    probabilities.size(), truth.size(), classes));
  std::vector<ProbabilityRow> rows;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const float* row = probabilities.data() + i * std::size_t(classes);
    if (truth[i] < 0 || truth[i] >= classes || std::isnan(row[0])) continue;
    check_row(row, classes, i);
    rows.push_back({truth[i], row});
  }
  return rows;
}

}  // namespace metrics

namespace {

// Mean of loss(row); NaN without rows.
template <class Loss>
double mean_loss(const std::vector<metrics::ProbabilityRow>& rows, Loss&& loss) {
  double sum = 0.0;
  for (const metrics::ProbabilityRow& row : rows) sum += loss(row);
  return rows.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / double(rows.size());
}

}  // namespace

double log_loss(std::span<const std::int32_t> truth, std::span<const float> probabilities,
                std::int32_t classes) {
  constexpr double least = std::numeric_limits<float>::epsilon();
  return mean_loss(metrics::known_rows(truth, probabilities, classes), [&](const auto& row) {
    return -std::log(std::max(least, double(row.probabilities[row.truth])));
  });
}

double brier_score(std::span<const std::int32_t> truth, std::span<const float> probabilities,
                   std::int32_t classes) {
  return mean_loss(metrics::known_rows(truth, probabilities, classes), [&](const auto& row) {
    double sum = 0.0;
    for (std::int32_t c = 0; c < classes; ++c) {
      const double miss = double(row.probabilities[c]) - (c == row.truth ? 1.0 : 0.0);
      sum += miss * miss;
    }
    return sum;
  });
}

}  // namespace whiteline
