// Stratified folds.
#pragma once

#include "algorithms/svm/rows.hpp"

namespace whiteline::svm {

// Kernel row -> fold, padding -> -1. Of each class, the rows in the order of (Philox word, row):
// fold = position mod `folds`. Throws InvalidArgument unless 2 <= folds <= rows of the smallest
// class, which the message names.
WHITELINE_EXPORT std::vector<std::int32_t> calibration_folds(const SortedRows& rows, int folds,
                                                             std::uint64_t seed);

}  // namespace whiteline::svm
