#include "algorithms/svm/folds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::svm {

std::vector<std::int64_t> drawn_order(const SortedRows& rows, const ClassRows& of,
                                      std::uint64_t seed, model_selection::Draw draw) {
  const auto members = std::span(rows.order).subspan(at(of.begin), at(of.rows));
  std::vector<std::int64_t> order;
  for (const std::size_t place : model_selection::drawn_order(members, seed, draw))
    order.push_back(of.begin + std::int64_t(place));
  return order;
}

std::vector<std::int32_t> calibration_folds(const SortedRows& rows, int folds, std::uint64_t seed) {
  const auto smallest =
      std::min_element(rows.classes.begin(), rows.classes.end(),
                       [](const ClassRows& a, const ClassRows& b) { return a.rows < b.rows; });
  if (folds < 2 || folds > smallest->rows)
    throw InvalidArgument(
        fmt::format("cannot make {} folds (class {} has {} rows) choose 2 to {} folds", folds,
                    smallest->label, smallest->rows, smallest->rows));
  std::vector<std::int32_t> fold(rows.order.size(), -1);
  for (const ClassRows& c : rows.classes) {
    const auto order = drawn_order(rows, c, seed, model_selection::Draw::calibration_folds);
    for (std::size_t i = 0; i < order.size(); ++i)
      fold[at(order[i])] = static_cast<std::int32_t>(i % std::size_t(folds));
  }
  return fold;
}

}  // namespace whiteline::svm
