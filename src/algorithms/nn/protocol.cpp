#include <whiteline/nn/training.hpp>

#include <algorithm>
#include <map>

#include "algorithms/model_selection/drawn_order.hpp"

namespace whiteline::nn {

namespace {

constexpr std::size_t fold_count = 5;

}  // namespace

Protocol training_protocol(std::span<const std::int32_t> labels, std::uint64_t seed) {
  std::map<std::int32_t, std::vector<std::int64_t>> classes;
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (labels[row] >= 0) classes[labels[row]].push_back(std::int64_t(row));
  Protocol protocol;
  protocol.folds.resize(fold_count);
  std::size_t dealt = 0;
  for (const auto& [label, rows] : classes) {
    const auto order = model_selection::drawn_order(
        std::span(rows), seed, model_selection::Draw::training_protocol, std::uint32_t(label));
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::int64_t row = rows[order[i]];
      if (i < rows.size() / 2)
        protocol.test.push_back(row);
      else
        protocol.folds[dealt++ % fold_count].push_back(row);
    }
  }
  std::sort(protocol.test.begin(), protocol.test.end());
  for (auto& fold : protocol.folds) std::sort(fold.begin(), fold.end());
  return protocol;
}

TrainingRows Protocol::fold(std::size_t validation) const {
  require(validation < folds.size(),
          "cannot take that fold for validation (there are 5) choose 0 to 4");
  TrainingRows rows;
  rows.validation = folds[validation];
  for (std::size_t f = 0; f < folds.size(); ++f)
    if (f != validation)
      rows.training.insert(rows.training.end(), folds[f].begin(), folds[f].end());
  std::sort(rows.training.begin(), rows.training.end());
  return rows;
}

TrainingRows Protocol::refit() const {
  TrainingRows rows;
  for (const auto& fold : folds)
    rows.training.insert(rows.training.end(), fold.begin(), fold.end());
  std::sort(rows.training.begin(), rows.training.end());
  return rows;
}

}  // namespace whiteline::nn
