#include "core/ops/reduce.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/vector_kernels.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 64;     // of loops whose rows are independent
constexpr std::int64_t rows_a_partial = 256;  // of the partial sums of column_means
constexpr std::int64_t columns_a_chunk = 256;
constexpr double few_numbers = 32768;  // not worth waking threads for

class CpuReduce final : public core::ReduceOps {
 public:
  explicit CpuReduce(core::ThreadPool& pool) : pool_(pool), kernels_(vector_kernels()) {}

  void first_non_finite(ConstMatrixView x, core::DeviceSpan<std::int32_t> out) override {
    assert(out.size == x.rows);
    each_row(x, [&](std::int64_t row, const float* values) {
      out.data[row] = std::int32_t(kernels_.first_non_finite(values, x.cols));
    });
  }

  void column_means(ConstMatrixView x, core::DeviceSpan<double> mean) override {
    assert(mean.size == x.cols && x.rows >= 1);
    const std::int64_t partials = (x.rows + rows_a_partial - 1) / rows_a_partial;
    std::vector<double> sums(std::size_t(partials * x.cols), 0.0);
    const auto add_rows = [&](std::int64_t partial) {
      const std::int64_t end = std::min(x.rows, (partial + 1) * rows_a_partial);
      for (std::int64_t row = partial * rows_a_partial; row < end; ++row)
        kernels_.add_row(x.data + row * x.stride, x.cols, sums.data() + partial * x.cols);
    };
    if (few(x)) {
      for (std::int64_t partial = 0; partial < partials; ++partial) add_rows(partial);
    } else {
      pool_.run(partials, add_rows);
    }
    core::parallel_for(pool_, x.cols, columns_a_chunk, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t column = begin; column < end; ++column) {
        double sum = 0.0;
        for (std::int64_t partial = 0; partial < partials; ++partial)
          sum += sums[std::size_t(partial * x.cols + column)];
        mean.data[column] = sum / double(x.rows);
      }
    });
  }

  void moments(ConstMatrixView x, double centre, core::DeviceSpan<double> moments) override {
    assert(moments.size == 2);
    std::vector<double> sums(std::size_t(x.rows)), squares(std::size_t(x.rows));
    each_row(x, [&](std::int64_t row, const float* values) {
      sums[std::size_t(row)] = kernels_.row_sum(RowSum::values, values, x.cols);
      squares[std::size_t(row)] = kernels_.squared_differences(values, x.cols, centre);
    });
    moments.data[0] =
        formulas::lane_sum(x.rows, [&](std::int64_t row) { return sums[std::size_t(row)]; });
    moments.data[1] =
        formulas::lane_sum(x.rows, [&](std::int64_t row) { return squares[std::size_t(row)]; });
  }

  void rows(RowValue what, ConstMatrixView x, core::DeviceSpan<double> out) override {
    assert(out.size == x.rows && (what != RowValue::max || x.cols >= 1 || x.rows == 0));
    each_row(x, [&](std::int64_t row, const float* values) {
      switch (what) {
        case RowValue::sum:
          out.data[row] = kernels_.row_sum(RowSum::values, values, x.cols);
          break;
        case RowValue::sum_of_magnitudes:
          out.data[row] = kernels_.row_sum(RowSum::magnitudes, values, x.cols);
          break;
        case RowValue::sum_of_squares:
          out.data[row] = kernels_.row_sum(RowSum::squares, values, x.cols);
          break;
        case RowValue::max:
          out.data[row] = kernels_.largest(values, x.cols);
          break;
      }
    });
  }

  void add_to(ConstMatrixView x, core::DeviceSpan<double> sum) override {
    assert(sum.size == x.rows * x.cols);
    each_row(x, [&](std::int64_t row, const float* values) {
      double* const to = sum.data + row * x.cols;
      for (std::int64_t c = 0; c < x.cols; ++c) to[c] += double(values[c]);
    });
  }

 private:
  static bool few(ConstMatrixView x) { return double(x.rows) * double(x.cols) < few_numbers; }

  template <class Body>
  void each_row(ConstMatrixView x, Body&& body) {
    const auto part = [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) body(row, x.data + row * x.stride);
    };
    if (few(x)) return part(0, x.rows);
    core::parallel_for(pool_, x.rows, rows_a_chunk, part);
  }

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
};

}  // namespace

std::unique_ptr<core::ReduceOps> make_reduce(core::ThreadPool& pool) {
  return std::make_unique<CpuReduce>(pool);
}

}  // namespace whiteline::cpu
