// Training rows, checked at the door and sorted by class, and the binary problems among them.
#pragma once

#include <whiteline/svm.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "formulas/smo.hpp"

namespace whiteline::svm {

inline std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

// The rows of one class in the kernel matrix: `rows` of them from `begin`, then padding.
struct ClassRows {
  std::int32_t label = 0;
  std::int64_t begin = 0, rows = 0, padded_rows = 0;
};

// Rows with positive weight sorted by (class, row), each class padded to formulas::smo_block.
struct SortedRows {
  std::vector<ClassRows> classes;   // labels ascending
  std::vector<std::int32_t> order;  // kernel row -> row of x; -1: padding
  std::vector<double> weight;       // kernel row -> sample weight; 0: padding

  std::int64_t kernel_rows() const { return std::int64_t(order.size()); }
  WHITELINE_EXPORT std::int64_t rows() const;  // without padding
};

// Throws InvalidArgument for lengths that differ, bad weights, fewer than two classes with positive
// weight or more than formulas::max_classes.
WHITELINE_EXPORT SortedRows sort_rows(std::int64_t rows, std::span<const std::int32_t> labels,
                                      std::span<const double> sample_weight);

// All pairs (0,1), (0,2), ..., (1,2), ...; their numbers lie one after another from `offset`.
std::vector<formulas::BinaryProblem> make_pairs(const std::vector<ClassRows>& classes,
                                                std::int64_t offset = 0);

// What class weights make of C for class `label`, of which `rows` of all `all` rows are trained on,
// among `classes` classes.
double class_factor(const SvmParams& params, std::int32_t label, std::int64_t rows,
                    std::int64_t all, std::size_t classes);

// C_i = C * class weight * sample weight of each kernel row.
std::vector<double> upper_bounds(const SvmParams& params, const SortedRows& rows);

// Throws InvalidArgument for parameters outside their ranges, whatever the data.
void check_params(const SvmParams& params);
void check_class_weights(const SvmParams& params, const std::vector<ClassRows>& classes);

}  // namespace whiteline::svm
