// Rows drawn by chance: their order, and stratified folds.
#pragma once

#include "algorithms/model_selection/drawn_order.hpp"
#include "algorithms/svm/rows.hpp"

namespace whiteline::svm {

// The kernel rows of class `of` as they are drawn.
std::vector<std::int64_t> drawn_order(const SortedRows& rows, const ClassRows& of,
                                      std::uint64_t seed, model_selection::Draw draw);

// Kernel row -> fold, padding -> -1. Of each class, the rows in the order of (Philox word, row):
// fold = position mod `folds`. Throws InvalidArgument unless 2 <= folds <= rows of the smallest
// class, which the message names.
WHITELINE_EXPORT std::vector<std::int32_t> calibration_folds(const SortedRows& rows, int folds,
                                                             std::uint64_t seed);

}  // namespace whiteline::svm
