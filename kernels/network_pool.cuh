// Pools of feature maps (core/ops/network.hpp).
#pragma once

#include "network_columns.cuh"

namespace whiteline::kernels {

struct Pool {
  bool max;  // else average
  int size, stride, left;
  int positions, outputs;  // of a sample of the input, and of the output

  // The positions of window t that are there.
  __device__ int begin(int t) const { return t * stride - left > 0 ? t * stride - left : 0; }
  __device__ int end(int t) const {
    const int end = t * stride - left + size;
    return end < positions ? end : positions;
  }
};

// The first position of a window's maximum in column c; x: the sample's first row.
__device__ inline int first_maximum(const Pool& pool, int t, const Table<const float>& x,
                                    std::int64_t first, std::int64_t c) {
  int best = pool.begin(t);
  float most = x.row(first + best)[c];
  for (int p = best + 1; p < pool.end(t); ++p) {
    const float value = x.row(first + p)[c];
    if (most < value) {
      most = value;
      best = p;
    }
  }
  return best;
}

// An element of the output.
struct PoolForward {
  Pool pool;
  Table<const float> x;
  Table<float> y;

  __device__ void operator()(std::int64_t row, std::int64_t c) const {
    const std::int64_t sample = row / pool.outputs, first = sample * pool.positions;
    const int t = int(row - sample * pool.outputs);
    if (pool.max) {
      y.row(row)[c] = x.row(first + first_maximum(pool, t, x, first, c))[c];
      return;
    }
    float sum = 0.0f;
#pragma unroll 4
    for (int p = pool.begin(t); p < pool.end(t); ++p) sum += x.row(first + p)[c];
    y.row(row)[c] = sum * (1.0f / float(pool.size));
  }
};

// An element of the input: what the windows that it lies in give it, in their order.
struct PoolBackward {
  Pool pool;
  Table<const float> x, dy;
  Table<float> dx;
  bool onto;

  __device__ void operator()(std::int64_t row, std::int64_t c) const {
    const std::int64_t sample = row / pool.positions, first = sample * pool.positions;
    const int p = int(row - first), at = p + pool.left;
    float sum = onto ? dx.row(row)[c] : 0.0f;
    int t = at < pool.size ? 0 : (at - pool.size) / pool.stride + 1;
    for (; t < pool.outputs && t * pool.stride <= at; ++t) {
      const float value = dy.row(sample * pool.outputs + t)[c];
      if (!pool.max)
        sum += value * (1.0f / float(pool.size));
      else if (first_maximum(pool, t, x, first, c) == p)
        sum += value;
    }
    dx.row(row)[c] = sum;
  }
};

// The mean over all positions of a sample, of many: a block takes some columns of a sample.
__global__ void mean_positions(Table<const float> x, int positions, Table<float> y) {
  const std::int64_t column = cell_column();
  for (std::int64_t sample = blockIdx.y; sample < y.rows; sample += gridDim.y) {
    double sums[1] = {};
    if (column < x.cols)
#pragma unroll 4
      for (int p = int(threadIdx.y); p < positions; p += int(blockDim.y))
        sums[0] += double(x.row(sample * positions + p)[column]);
    add_block_rows(sums);
    if (threadIdx.y == 0 && column < x.cols)
      y.row(sample)[column] = float(sums[0] / double(positions));
  }
}

}  // namespace whiteline::kernels
