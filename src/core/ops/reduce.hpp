// Sums and searches over a matrix. Sums run in float64 in a fixed order: the same bits for any
// number of threads or blocks, and on every device.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"

namespace whiteline::core {

class WHITELINE_EXPORT ReduceOps {
 public:
  virtual ~ReduceOps() = default;

  // out[r] = the first column of row r that is NaN or infinite, else -1. One read of x.
  virtual void first_non_finite(ConstMatrixView x, DeviceSpan<std::int32_t> out) = 0;

  // mean[c] = mean of column c; rows are summed 256 at a time in ascending order, then the partial
  // sums in ascending order, then divided by x.rows >= 1. One read of x.
  virtual void column_means(ConstMatrixView x, DeviceSpan<double> mean) = 0;

  // moments[0] = sum, moments[1] = sum of squared differences from `centre` (d = double(x) -
  // centre, added as fma(d, d, sum)), over all elements: each row by formulas::lane_sum, then the
  // rows' sums by formulas::lane_sum. One read of x.
  virtual void moments(ConstMatrixView x, double centre, DeviceSpan<double> moments) = 0;

  // out[r] = sum over the row of x, of |x| or of x^2, by formulas::lane_sum; or its largest element
  // (x.cols >= 1, no NaN).
  enum class RowValue { sum, sum_of_magnitudes, sum_of_squares, max };
  virtual void rows(RowValue what, ConstMatrixView x, DeviceSpan<double> out) = 0;

  // sum[r * x.cols + c] += x[r, c]: float32 tables added up in float64. One read of x.
  virtual void add_to(ConstMatrixView x, DeviceSpan<double> sum) = 0;
};

}  // namespace whiteline::core
