// Minibatch discrimination (core::MinibatchKernels). A thread a sample and a kernel: the threads of
// a warp read the numbers of neighbouring kernels, which lie side by side, again and again from the
// first cache.
#pragma once

#include "formulas/minibatch.hpp"
#include "network_columns.cuh"

namespace whiteline::kernels {

struct MinibatchPairs {
  Table<const float> m;
  std::int64_t minibatch_rows, depth;

  __device__ const float* numbers(std::int64_t row, std::int64_t kernel) const {
    return m.row(row) + kernel * depth;
  }
  __device__ std::int64_t first_row(std::int64_t row) const { return row - row % minibatch_rows; }
  __device__ float closeness(const float* own, const float* other) const {
    float distance = 0.0f;
#pragma unroll 4
    for (std::int64_t d = 0; d < depth; ++d) distance += formulas::magnitude(own[d] - other[d]);
    return formulas::closeness(distance);
  }
};

struct MinibatchForward {
  MinibatchPairs pairs;
  Table<float> o;

  __device__ void operator()(std::int64_t row, std::int64_t kernel) const {
    const float* const own = pairs.numbers(row, kernel);
    const std::int64_t first = pairs.first_row(row);
    float sum = 0.0f;
    for (std::int64_t j = first; j < first + pairs.minibatch_rows; ++j)
      sum += pairs.closeness(own, pairs.numbers(j, kernel));
    o.row(row)[kernel] = sum;
  }
};

// The gradients of eight numbers at a time stay in registers.
struct MinibatchBackward {
  static constexpr int held = 8;
  MinibatchPairs pairs;
  Table<const float> output_gradient;
  Table<float> dm;

  __device__ void operator()(std::int64_t row, std::int64_t kernel) const {
    for (std::int64_t d = 0; d < pairs.depth; d += held)
      take(row, kernel, d, pairs.depth - d < held ? int(pairs.depth - d) : held);
  }
  __device__ void take(std::int64_t row, std::int64_t kernel, std::int64_t begin, int count) const {
    const float* const own = pairs.numbers(row, kernel);
    const std::int64_t first = pairs.first_row(row);
    const float own_given = output_gradient.row(row)[kernel];
    float sums[held] = {};
    for (std::int64_t j = first; j < first + pairs.minibatch_rows; ++j) {
      const float* const other = pairs.numbers(j, kernel);
      const float weight =
          (own_given + output_gradient.row(j)[kernel]) * pairs.closeness(own, other);
#pragma unroll
      for (int d = 0; d < held; ++d)
        if (d < count) sums[d] -= formulas::signed_by(weight, own[begin + d] - other[begin + d]);
    }
    float* const to = dm.row(row) + kernel * pairs.depth + begin;
#pragma unroll
    for (int d = 0; d < held; ++d)
      if (d < count) to[d] = sums[d];
  }
};

}  // namespace whiteline::kernels
