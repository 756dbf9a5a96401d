// Which rows a solution may train on, and which rows it is asked about.
#pragma once

#include <whiteline/model_selection.hpp>

#include <cstdint>
#include <functional>
#include <vector>

#include "algorithms/svm/rows.hpp"

namespace whiteline::svm {

struct Split {
  std::vector<double> unit_upper;   // kernel row -> C_i at C = 1; 0: not trained on
  std::vector<std::int32_t> asked;  // kernel rows
};

// Kernel row -> fold, padding -> -1. `own`: the caller's, by row of x; empty: stratified. Throws
// InvalidArgument for folds that cannot be used.
std::vector<std::int32_t> fold_of_kernel_rows(const SortedRows& rows, std::int64_t rows_of_x,
                                              const FoldParams& folds,
                                              const std::vector<std::int32_t>& own);

// C_i at C = 1 of the kernel rows with trains(row), 0 of the others; `balanced` counts the former.
std::vector<double> unit_upper(const SvmParams& params, const SortedRows& rows,
                               const std::function<bool(std::int64_t)>& trains);

// Split f trains on all rows but those of fold f, which it is asked about.
std::vector<Split> fold_splits(const SvmParams& params, const SortedRows& rows,
                               const std::vector<std::int32_t>& fold);

// Number of each kernel row's class among rows.classes; padding too.
std::vector<std::int32_t> class_of_kernel_rows(const SortedRows& rows);

}  // namespace whiteline::svm
