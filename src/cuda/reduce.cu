#include "reduce.cuh"

#include <algorithm>

#include "cuda/cuda_backend.hpp"
#include "cuda/tables.cuh"

namespace whiteline::cuda {

namespace {

constexpr std::int64_t most_chunk_blocks = 4096;  // of column_sums; a block takes every 4096th

class CudaReduce final : public core::ReduceOps {
 public:
  explicit CudaReduce(CudaQueue& queue) : queue_(queue) {}

  void first_non_finite(ConstMatrixView x, core::DeviceSpan<std::int32_t> out) override {
    launch(queue_, row_grid(x.rows), kernels::first_non_finite, table(x), out.data);
  }

  void column_means(ConstMatrixView x, core::DeviceSpan<double> mean) override {
    const std::int64_t chunks = (x.rows + kernels::column_chunk - 1) / kernels::column_chunk;
    const Scratch<double> sums(queue_, chunks * x.cols);
    const unsigned column_blocks = blocks_for(x.cols, kernels::column_threads);
    const auto chunk_blocks = unsigned(std::min(chunks, most_chunk_blocks));
    launch(queue_, {{column_blocks, chunk_blocks}, kernels::column_threads}, kernels::column_sums,
           table(x), sums.data());
    launch(queue_, {column_blocks, kernels::column_threads}, kernels::means_of_sums, sums.data(),
           chunks, x.cols, x.rows, mean.data);
  }

  void moments(ConstMatrixView x, double centre, core::DeviceSpan<double> moments) override {
    const Scratch<double> parts(queue_, 2 * x.rows);
    launch(queue_, row_grid(x.rows), kernels::row_moments, table(x), centre, parts.data(),
           parts.data() + x.rows);
    launch(queue_, row_lane_grid(2, 2 * formulas::sum_lanes), kernels::total_moments, parts.data(),
           x.rows, moments.data);
  }

  void rows(RowValue what, ConstMatrixView x, core::DeviceSpan<double> out) override {
    launch(queue_, row_grid(x.rows), row_kernel(what), table(x), out.data);
  }

  void add_to(ConstMatrixView x, core::DeviceSpan<double> sum) override {
    launch(queue_, row_grid(x.rows), kernels::add_to, table(x), sum.data);
  }

 private:
  using RowKernel = void (*)(kernels::Table<const float>, double*);

  static RowKernel row_kernel(RowValue what) {
    switch (what) {
      case RowValue::sum:
        return kernels::row_sums<kernels::Value>;
      case RowValue::sum_of_magnitudes:
        return kernels::row_sums<kernels::Magnitude>;
      case RowValue::sum_of_squares:
        return kernels::row_sums<kernels::Square>;
      case RowValue::max:
        break;
    }
    return kernels::row_maxima;
  }

  static Grid row_grid(std::int64_t rows) { return row_lane_grid(rows, kernels::reduce_threads); }

  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<core::ReduceOps> make_reduce(CudaQueue& queue) {
  return std::make_unique<CudaReduce>(queue);
}

}  // namespace whiteline::cuda
