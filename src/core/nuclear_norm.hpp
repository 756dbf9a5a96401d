// Sums of singular values, on the host.
#pragma once

#include <cstdint>
#include <span>

#include <whiteline/error.hpp>

namespace whiteline::core {

// A finite table, row after row, without gaps.
struct DoubleTable {
  std::span<const double> values;
  std::int64_t rows, columns;
};

// Sum of the singular values of a b^T; a and b have equally many columns. By way of the smaller of
// that product and the one of their triangular factors: O(rows^2 columns) for few rows.
WHITELINE_EXPORT double nuclear_norm_of_product(const DoubleTable& a, const DoubleTable& b);

}  // namespace whiteline::core
