// Kernel matrices of spectra. Rows are prepared once (gathered, centred, their norms taken), then
// any kernel is a function of one dot product and four numbers:
// kernels/formulas/kernel_function.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/kernel_function.hpp"

namespace whiteline::core {

// Centred rows x~ = x - mean with q = |x~|^2 and a = x~.mean, both summed in float64 by
// formulas::lane_sum and rounded once.
struct PreparedRows {
  ConstMatrixView rows;                  // x~
  DeviceSpan<const float> squared_norm;  // q
  DeviceSpan<const float> mean_dot;      // a
};

// A number no row has.
constexpr std::int64_t no_common_rows = std::numeric_limits<std::int64_t>::min() / 2;

// Row i of `left` is row i + common_row_shift of `right` where that row exists: the same numbers in
// the same place (formulas::kernel_value's same_row). no_common_rows when the two views cannot
// share rows.
inline std::int64_t common_row_shift(ConstMatrixView left, ConstMatrixView right) {
  const std::int64_t row_bytes = left.stride * std::int64_t(sizeof(float));
  if (left.stride != right.stride || row_bytes <= 0) return no_common_rows;
  const std::int64_t bytes = std::int64_t(reinterpret_cast<std::uintptr_t>(left.data) -
                                          reinterpret_cast<std::uintptr_t>(right.data));
  return bytes % row_bytes == 0 ? bytes / row_bytes : no_common_rows;
}

// Rows or columns [begin, end) of a matrix.
struct IndexRange {
  std::int64_t begin, end;
  std::int64_t size() const { return end - begin; }
};

// Where a symmetric matrix may be cut into parts that are computed one by one.
constexpr std::int64_t symmetric_step = 128;

// Rows in the order in which a device multiplies them fastest. Refers to the memory of the
// PreparedRows it was made from, and may hold a copy of them.
class WHITELINE_EXPORT PackedRows {
 public:
  virtual ~PackedRows() = default;
};

class WHITELINE_EXPORT KernelMatrixOps {
 public:
  virtual ~KernelMatrixOps() = default;

  // Row i of `out` = row order[i] of x (all zeros for order[i] < 0, and then q = a = 0), divided by
  // its norm when `normalise` (a row of norm 0 stays 0), minus `mean` (x.cols numbers, or empty for
  // no centring: then a = 0). Elements are formulas::prepared_element, norms by lane_sum.
  // out.rows = order.size; `order` empty means 0, 1, 2, ... One read of x, one write of out.
  virtual void prepare(ConstMatrixView x, DeviceSpan<const std::int32_t> order, bool normalise,
                       DeviceSpan<const float> mean, MatrixView out, DeviceSpan<float> squared_norm,
                       DeviceSpan<float> mean_dot) = 0;

  // out[i, j] = kernel of row i of `left` and row j of `right`. A dot product is a float32 FMA
  // chain over ascending channels, broken every formulas::dot_block: a block's sum is added to the
  // element's total, so all plain backends give the same bits. Rows that are one row in memory
  // (common_row_shift) count as the same row. The kernel function is applied to the tile before it
  // is written: traffic as one matrix product.
  virtual void kernel(formulas::KernelConstants function, const PreparedRows& left,
                      const PreparedRows& right, MatrixView out) = 0;

  // The same with left = right: the upper triangle is computed, then mirrored; bitwise symmetric
  // and bitwise equal to kernel(function, rows, rows, out). A call takes a part of the rows:
  // out[i, j] and out[j, i] for i in `part` and j >= part.begin. Both ends of it are multiples of
  // symmetric_step, or the number of rows.
  virtual void kernel_symmetric(formulas::KernelConstants function, const PreparedRows& rows,
                                IndexRange part, MatrixView out) = 0;
  void kernel_symmetric(formulas::KernelConstants function, const PreparedRows& rows,
                        MatrixView out) {
    kernel_symmetric(function, rows, {0, out.rows}, out);
  }

  // At most as many bytes again as `rows` take. They must outlive the result.
  virtual std::unique_ptr<PackedRows> pack(const PreparedRows& rows) = 0;

  // out[i][j] = element (which[i], j) of kernel_symmetric(function, all packed rows) for j in
  // `columns`, bit for bit. Made for a few rows at a time (about 28 to 500).
  virtual void kernel_rows(formulas::KernelConstants function, const PackedRows& packed,
                           DeviceSpan<const std::int32_t> which, IndexRange columns,
                           DeviceSpan<float* const> out) = 0;

  // out[i, j] = the kernel of rows i and j whose dot product is products[i, j]: what
  // kernel_symmetric gives when `products` is its result for the linear function, bit for bit, for
  // i in `part`. One read, one write; products = out is fine.
  virtual void transform(formulas::KernelConstants function, ConstMatrixView products,
                         DeviceSpan<const float> squared_norm, DeviceSpan<const float> mean_dot,
                         IndexRange part, MatrixView out) = 0;
};

}  // namespace whiteline::core
