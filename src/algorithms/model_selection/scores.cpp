#include "algorithms/model_selection/scores.hpp"

#include <fmt/format.h>
#include <whiteline/metrics.hpp>

#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace whiteline {

namespace {

constexpr std::array<std::pair<SearchScore, std::string_view>, 3> score_names = {{
    {SearchScore::accuracy, "accuracy"},
    {SearchScore::balanced_accuracy, "balanced_accuracy"},
    {SearchScore::macro_f1, "macro_f1"},
}};

}  // namespace

std::string_view name(SearchScore score) {
  for (const auto& [each, text] : score_names)
    if (each == score) return text;
  return "?";
}

SearchScore search_score(std::string_view name) {
  for (const auto& [score, text] : score_names)
    if (text == name) return score;
  throw InvalidArgument(
      fmt::format("unknown score `{}` (there are accuracy, balanced_accuracy and macro_f1) "
                  "write one of these",
                  name));
}

namespace model_selection {

double score(SearchScore what, std::span<const std::int32_t> truth,
             std::span<const std::int32_t> predicted, std::int32_t classes) {
  if (what == SearchScore::accuracy) return accuracy(truth, predicted);
  const LabelScores scores = label_scores(confusion_matrix(truth, predicted, classes));
  return what == SearchScore::balanced_accuracy ? scores.balanced_accuracy : scores.macro.f1;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double deviation(std::span<const double> values) {
  const double centre = mean(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / double(values.size()));
}

}  // namespace model_selection

}  // namespace whiteline
