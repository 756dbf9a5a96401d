// Sums along rows in the order of formulas/sum.hpp: sixteen neighbouring threads are the lanes of
// one row; in that of formulas/distance.hpp: the 32 of a warp. Every thread of a block, or of the
// warp, must come along, also those whose row does not exist.
#pragma once

#include "formulas/distance.hpp"
#include "formulas/sum.hpp"
#include "table.cuh"

namespace whiteline::kernels {

// The row and lane of a thread, where the threads of a grid are dealt to rows in order.
struct RowLane {
  std::int64_t row;
  int lane;
};
__device__ inline RowLane row_lane() {
  const std::int64_t thread = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  return {thread / formulas::sum_lanes, int(thread % formulas::sum_lanes)};
}

// formulas::lane_total of the sums that the sixteen threads bring; all of them get it.
template <class T>
__device__ T lanes_total(T sum) {
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2)
    sum += __shfl_xor_sync(whole_warp, sum, half, formulas::sum_lanes);
  return sum;
}

// formulas::lane_sum(count, element); a thread without a row brings count = 0.
template <class Element>
__device__ double lanes_sum(std::int64_t count, int lane, const Element& element) {
  double sum = 0.0;
#pragma unroll 4
  for (std::int64_t c = lane; c < count; c += formulas::sum_lanes) sum += element(c);
  return lanes_total(sum);
}

// The squared distance of x and y, whose `count` is the same in the whole warp; all lanes get it.
__device__ inline float warp_squared_distance(const float* x, const float* y, std::int64_t count,
                                              int lane) {
  float sum = 0.0f;
#pragma unroll 4
  for (std::int64_t c = lane; c < count; c += warp_threads) {
    const float difference = x[c] - y[c];
    sum = fmaf(difference, difference, sum);
  }
  for (int half = warp_threads / 2; half > 0; half /= 2)
    sum += __shfl_xor_sync(whole_warp, sum, half);
  return sum;
}

}  // namespace whiteline::kernels
