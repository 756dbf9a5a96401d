// Which kernel rows a waiting problem should get (core::SmoOps::missing_rows).
#pragma once

#include "smo.cuh"

namespace whiteline::kernels {

constexpr int missing_threads = 256;

// A row and what it is ordered by; ties by row.
struct Ranked {
  double value;
  int row;

  __device__ bool before(const Ranked& other) const {
    return comes_first(value, row, other.value, other.row);
  }
};

// The first over the block of what its threads bring; all of them get it. `firsts` may be used
// again at once.
__device__ inline Ranked first_of_block(Ranked mine, Ranked (&firsts)[missing_threads / 32]) {
  const auto reduce = [&](int lanes) {
    for (int half = lanes / 2; half > 0; half /= 2) {
      const Ranked other{__shfl_xor_sync(whole_warp, mine.value, half),
                         __shfl_xor_sync(whole_warp, mine.row, half)};
      if (other.before(mine)) mine = other;
    }
  };
  const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
  constexpr int warps = missing_threads / warp_threads;
  reduce(warp_threads);
  if (lane == 0) firsts[warp] = mine;
  __syncthreads();
  mine = firsts[lane % warps];
  reduce(warps);
  __syncthreads();
  return mine;
}

struct MissingJob {
  const float* const* kernel_rows;
  const formulas::BinaryProblem* problems;
  const double *upper, *alpha, *gradient;
  const formulas::SmoState* states;
  int count;
  std::int32_t* out;  // problems x count
};

// A waiting problem's rows, as far as they are missing; the wanted one does not count.
struct MissingRows {
  const formulas::BinaryProblem problem;
  const float* const* kernel_rows;
  const double *upper, *alpha, *gradient;
  std::int64_t wanted_row;

  __device__ MissingRows(const MissingJob& job, std::int64_t p)
      : problem(job.problems[p]),
        kernel_rows(job.kernel_rows + problem.table),
        upper(job.upper + problem.offset),
        alpha(job.alpha + problem.offset),
        gradient(job.gradient + problem.offset),
        wanted_row(job.states[p].wanted_row) {}

  __device__ bool missing(int t) const {
    const std::int64_t row = problem.kernel_row(t);
    return row != wanted_row && !kernel_rows[row];
  }
  __device__ bool up(int t) const { return formulas::in_up(problem.sign(t), alpha[t], upper[t]); }
  __device__ bool low(int t) const { return formulas::in_low(problem.sign(t), alpha[t], upper[t]); }
};

// The first after `last` of the missing rows that `chosen`, ordered by sign * gradient.
template <class Chosen>
__device__ Ranked next_missing(const MissingRows& rows, double sign, Ranked last,
                               const Chosen& chosen, Ranked (&firsts)[missing_threads / 32]) {
  Ranked first{INFINITY, no_row};
  for (int t = int(threadIdx.x); t < rows.problem.rows(); t += missing_threads) {
    const Ranked row{sign * rows.gradient[t], t};
    if (last.before(row) && row.before(first) && chosen(t) && rows.missing(t)) first = row;
  }
  return first_of_block(first, firsts);
}

// One block a problem.
__global__ void __launch_bounds__(missing_threads) missing_rows(MissingJob job) {
  WL_SHARED(Ranked, firsts, [missing_threads / warp_threads]);
  const MissingRows rows(job, blockIdx.x);
  const bool waits = job.states[blockIdx.x].status == formulas::SmoStatus::wants_row;
  std::int32_t* const list = job.out + std::int64_t(blockIdx.x) * job.count;
  const int places = waits ? job.count : 0;
  int listed = 0;
  const auto add = [&](std::int64_t row) {
    if (threadIdx.x == 0) list[listed] = int(row);
    ++listed;
  };
  if (places > 0) add(rows.wanted_row);
  const Ranked none{-INFINITY, -1};
  Ranked last_up = none;
  while (listed < (places + 1) / 2) {
    const auto chosen = [&](int t) { return rows.up(t); };
    const Ranked next = next_missing(rows, 1.0, last_up, chosen, firsts);
    if (next.row == no_row) break;
    add(rows.problem.kernel_row(next.row));
    last_up = next;
  }
  Ranked last_low = none;
  while (listed < places) {
    const auto chosen = [&](int t) {
      const bool listed_before = rows.up(t) && !last_up.before({rows.gradient[t], t});
      return rows.low(t) && !listed_before;
    };
    const Ranked next = next_missing(rows, -1.0, last_low, chosen, firsts);
    if (next.row == no_row) break;
    add(rows.problem.kernel_row(next.row));
    last_low = next;
  }
  for (int i = listed + int(threadIdx.x); i < job.count; i += missing_threads) list[i] = -1;
}

}  // namespace whiteline::kernels
