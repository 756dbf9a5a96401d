// Nearest rows of other groups (core/ops/neighbors.hpp).
#pragma once

#include "formulas/distance.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int outside_threads = 256;  // a block, which is one row of the left side

struct GroupTable {
  Table<const float> rows;
  const float* core;
  const std::int32_t* group;
};

struct OutsideJob {
  GroupTable left, right;
  bool directions;  // formulas::distance_of
  float alpha;
  const float* limits;  // of left rows
  std::uint64_t* out;
};

// out[row]: the smallest key of a mutual reachability distance below limits[row] to a right row of
// another group. A warp takes a right row at a time: its lanes are those of the sum.
__global__ void nearest_outside(OutsideJob job) {
  WL_SHARED(std::uint64_t, best_of, [outside_threads / warp_threads]);
  constexpr int warps = outside_threads / warp_threads;
  const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
  const std::int64_t row = blockIdx.x;
  const float* const x = job.left.rows.row(row);
  const float core = job.left.core[row], limit = job.limits[row];
  std::uint64_t best = ~std::uint64_t(0);
  for (std::int64_t other = warp; other < job.right.rows.rows; other += warps) {
    const float other_core = job.right.core[other];
    if (!(core < limit && other_core < limit) || job.right.group[other] == job.left.group[row])
      continue;
    const float sum = warp_squared_distance(x, job.right.rows.row(other), job.left.rows.cols, lane);
    const float reach = formulas::mutual_reachability(
        core, other_core, formulas::distance_of(sum, job.directions), job.alpha);
    const std::uint64_t key = formulas::near_key(reach, std::int32_t(other));
    if (reach < limit && key < best) best = key;
  }
  if (lane == 0) best_of[warp] = best;
  __syncthreads();
  if (threadIdx.x != 0) return;
  for (int w = 1; w < warps; ++w)
    if (best_of[w] < best) best = best_of[w];
  job.out[row] = best;
}

}  // namespace whiteline::kernels
