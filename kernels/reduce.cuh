// Sums and searches over a matrix (core/ops/reduce.hpp).
#pragma once

#include <cmath>

#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int reduce_threads = 256;         // a block
constexpr std::int64_t column_chunk = 256;  // rows that one thread of column_sums adds up
constexpr int column_threads = 128;         // columns a block
constexpr std::int32_t no_column = 0x7fffffff;

// out[r] = first column of row r that is NaN or infinite, else -1.
__global__ void first_non_finite(Table<const float> x, std::int32_t* out) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  std::int64_t found = no_column;
#pragma unroll 4
  for (std::int64_t c = lane; c < (used ? x.cols : 0); c += formulas::sum_lanes) {
    const float value = values[c];
    if (!(value - value == 0.0f) && c < found) found = c;
  }
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2) {
    const std::int64_t other = __shfl_xor_sync(whole_warp, found, half, formulas::sum_lanes);
    found = other < found ? other : found;
  }
  if (used && lane == 0) out[row] = found == no_column ? -1 : std::int32_t(found);
}

// sums[k * x.cols + c] = sum of column c over rows [256 k, 256 k + 256), ascending.
__global__ void column_sums(Table<const float> x, double* sums) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::int64_t chunks = (x.rows + column_chunk - 1) / column_chunk;
  if (column >= x.cols) return;
  for (std::int64_t chunk = blockIdx.y; chunk < chunks; chunk += gridDim.y) {
    const std::int64_t begin = chunk * column_chunk;
    const std::int64_t end = begin + column_chunk < x.rows ? begin + column_chunk : x.rows;
    double sum = 0.0;
#pragma unroll 8
    for (std::int64_t r = begin; r < end; ++r) sum += double(x.row(r)[column]);
    sums[chunk * x.cols + column] = sum;
  }
}

// mean[c] = (sum over ascending chunks of sums[chunk * cols + c]) / rows.
__global__ void means_of_sums(const double* sums, std::int64_t chunks, std::int64_t cols,
                              std::int64_t rows, double* mean) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= cols) return;
  double sum = 0.0;
#pragma unroll 8
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) sum += sums[chunk * cols + column];
  mean[column] = sum / double(rows);
}

// sums[r] and squares[r]: sum and sum of squared differences from `centre` of row r.
__global__ void row_moments(Table<const float> x, double centre, double* sums, double* squares) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  double sum = 0.0, square = 0.0;
#pragma unroll 4
  for (std::int64_t c = lane; c < (used ? x.cols : 0); c += formulas::sum_lanes) {
    const double difference = double(values[c]) - centre;
    sum += double(values[c]);
    square = fma(difference, difference, square);
  }
  sum = lanes_total(sum);
  square = lanes_total(square);
  if (!used || lane != 0) return;
  sums[row] = sum;
  squares[row] = square;
}

// totals[k] = lane sum of parts[k * rows + r] over r; one half warp a moment, k = 0, 1.
__global__ void total_moments(const double* parts, std::int64_t rows, double* totals) {
  const auto [moment, lane] = row_lane();
  const double* const values = parts + moment * rows;
  const double total = lanes_sum(rows, lane, [&](std::int64_t r) { return values[r]; });
  if (lane == 0) totals[moment] = total;
}

struct Value {
  __device__ double operator()(float x) const { return double(x); }
};
struct Magnitude {
  __device__ double operator()(float x) const { return fabs(double(x)); }
};
struct Square {
  __device__ double operator()(float x) const { return double(x) * double(x); }
};

// out[r] = sum of Term over row r.
template <class Term>
__global__ void row_sums(Table<const float> x, double* out) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  const double sum =
      lanes_sum(used ? x.cols : 0, lane, [&](std::int64_t c) { return Term{}(values[c]); });
  if (used && lane == 0) out[row] = sum;
}

// out[r] = largest element of row r.
__global__ void row_maxima(Table<const float> x, double* out) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  float best = -INFINITY;
#pragma unroll 4
  for (std::int64_t c = lane; c < (used ? x.cols : 0); c += formulas::sum_lanes)
    best = values[c] > best ? values[c] : best;
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2) {
    const float other = __shfl_xor_sync(whole_warp, best, half, formulas::sum_lanes);
    best = other > best ? other : best;
  }
  if (used && lane == 0) out[row] = double(best);
}

// sum += x, sixteen threads a row.
__global__ void add_to(Table<const float> x, double* sum) {
  const auto [row, lane] = row_lane();
  if (row >= x.rows) return;
  double* const to = sum + row * x.cols;
#pragma unroll 4
  for (std::int64_t c = lane; c < x.cols; c += formulas::sum_lanes) to[c] += double(x.row(row)[c]);
}

}  // namespace whiteline::kernels
