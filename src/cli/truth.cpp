#include "cli/truth.hpp"

#include <fmt/format.h>
#include <whiteline/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/text_picture.hpp"

namespace whiteline::cli {

Score score(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
            const std::vector<std::string>& classes) {
  Score result;
  result.classes = classes;
  std::vector<std::int32_t> comparable(truth.begin(), truth.end());
  const auto count = std::int32_t(classes.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == no_label) continue;
    const bool decided = predicted[i] >= 0 && predicted[i] < count;
    ++(decided ? result.compared : result.left_out);
    if (!decided) comparable[i] = no_label;
  }
  result.accuracy = accuracy(comparable, predicted);
  result.confusion = confusion_matrix(comparable, predicted, count);
  return result;
}

void add(const Score& part, Score& whole) {
  whole.compared += part.compared;
  whole.left_out += part.left_out;
  std::int64_t right = 0;
  for (std::size_t i = 0; i < whole.confusion.size(); ++i) {
    whole.confusion[i] += part.confusion[i];
    if (i % (whole.classes.size() + 1) == 0) right += whole.confusion[i];
  }
  whole.accuracy = whole.compared > 0 ? double(right) / double(whole.compared)
                                      : std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::int32_t> in_model_classes(std::span<const std::int32_t> labels,
                                           const std::vector<std::string>& class_names,
                                           const std::vector<std::string>& model_classes,
                                           std::vector<std::string>& strangers) {
  std::vector<std::int32_t> position_of(class_names.size(), no_label);
  for (std::size_t i = 0; i < class_names.size(); ++i) {
    const auto found = std::find(model_classes.begin(), model_classes.end(), class_names[i]);
    if (found != model_classes.end())
      position_of[i] = std::int32_t(found - model_classes.begin());
    else if (std::find(labels.begin(), labels.end(), std::int32_t(i)) != labels.end())
      strangers.push_back(class_names[i]);
  }
  std::vector<std::int32_t> positions;
  positions.reserve(labels.size());
  for (const std::int32_t label : labels)
    positions.push_back(label == no_label ? no_label : position_of.at(std::size_t(label)));
  return positions;
}

std::vector<std::int32_t> as_positions(std::span<const std::int32_t> labels,
                                       std::span<const std::int32_t> classes) {
  std::vector<std::int32_t> positions;
  positions.reserve(labels.size());
  for (const std::int32_t label : labels) {
    const auto found = std::find(classes.begin(), classes.end(), label);
    positions.push_back(found == classes.end() ? no_label : std::int32_t(found - classes.begin()));
  }
  return positions;
}

std::string summary(const Score& score) {
  if (score.compared == 0) return "accuracy: nothing to compare with";
  std::string text = fmt::format("accuracy {:.4f} of {} spectra", score.accuracy, score.compared);
  if (score.left_out > 0)
    text += fmt::format(" ({} more are masked, unknown or invalid)", score.left_out);
  return text + "\n" + confusion_table(score.classes, score.confusion);
}

Json confusion_json(const Score& score) {
  const std::size_t classes = score.classes.size();
  Json rows = Json::array();
  for (std::size_t i = 0; i < classes; ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < classes; ++j) row.push_back(score.confusion[i * classes + j]);
    rows.push_back(std::move(row));
  }
  return {{"classes", score.classes}, {"rows_are", "true"}, {"counts", rows}};
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

}  // namespace whiteline::cli
