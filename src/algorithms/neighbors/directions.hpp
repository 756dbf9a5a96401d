// Rows as a metric compares them.
#pragma once

#include <whiteline/neighbors.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"

namespace whiteline::neighbors {

// The rows whose squared distances decide: x itself, or rows of norm 1. Rows without a direction
// are left out of them.
class Directions {
 public:
  // x must outlive this. Throws InvalidArgument for numbers that are not finite and for rows that
  // are too large, naming `matrix`.
  Directions(const Context& ctx, Metric metric, const Matrix& x, std::string_view matrix);

  ConstMatrixView view() const { return view_; }
  // The row of x that row i of view() was made from.
  std::int32_t number(std::int64_t i) const {
    return numbers_.empty() ? std::int32_t(i) : numbers_[std::size_t(i)];
  }
  const std::vector<std::int32_t>& without() const { return without_; }  // ascending

 private:
  Matrix memory_;
  ConstMatrixView view_;
  std::vector<std::int32_t> numbers_, without_;
};

// Rows about a common centre: distances stay, and small numbers keep more of their digits.
class Centred {
 public:
  Centred(const Context& ctx, ConstMatrixView rows, const core::Buffer<float>& centre);

  core::PreparedRows get() const { return {rows_.view(), norms_.span(), zeros_.span()}; }

 private:
  Matrix rows_;
  core::Buffer<float> norms_, zeros_;
};
core::Buffer<float> mean_row(const Context& ctx, ConstMatrixView rows);

}  // namespace whiteline::neighbors
