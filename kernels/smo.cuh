// Sequential minimal optimisation, one block a binary problem (core/ops/smo.hpp,
// formulas/smo.hpp). Row t of a problem belongs to thread t mod threads; choices compare (value,
// row), so neither the number of threads nor where a row's numbers live can change a bit.
#pragma once

#include "formulas/smo.hpp"
#include "smo_rows.cuh"

namespace whiteline::kernels {

constexpr int most_solver_warps = 16;

// The first row of a pair: the least gradient of those that may rise, with what a step needs to
// know of it. `most_low` is the largest gradient of those that may fall.
struct FirstRow {
  double gradient;
  int row;  // or no_row, and then only the gradient means something
  float diagonal;
  double alpha, upper;
  const float* kernel;  // its row of the kernel matrix, or null
};
// The second: the one that gains most.
struct SecondRow {
  float gain;
  int row;  // or no_row, and then nothing else means something
  double gradient, alpha, upper;
  float diagonal, kernel_u;
  const float* kernel;
};

// What the warps of a block tell each other. A step has two barriers: `first` is written before the
// one and read until the end of the step, so that two steps take turns; the others are read before
// the next barrier.
struct SolverRecords {
  FirstRow first[2][most_solver_warps];
  FirstRow look[most_solver_warps];
  double most_low[most_solver_warps];
  SecondRow second[most_solver_warps];
  double settled_gap;  // SmoState's
};

__device__ inline bool comes_first(double value, int row, double other, int other_row) {
  return value < other || (value == other && row < other_row);
}

// Reduces over `lanes` neighbouring threads, a power of two; all of them get the result.
__device__ inline void reduce_first(int lanes, double& gradient, int& row, double& most_low) {
  for (int half = lanes / 2; half > 0; half /= 2) {
    const double other = __shfl_xor_sync(whole_warp, gradient, half);
    const int other_row = __shfl_xor_sync(whole_warp, row, half);
    const double other_low = __shfl_xor_sync(whole_warp, most_low, half);
    if (comes_first(other, other_row, gradient, row)) {
      gradient = other;
      row = other_row;
    }
    most_low = other_low > most_low ? other_low : most_low;
  }
}
__device__ inline void reduce_second(int lanes, float& gain, int& row) {
  for (int half = lanes / 2; half > 0; half /= 2) {
    const float other = __shfl_xor_sync(whole_warp, gain, half);
    const int other_row = __shfl_xor_sync(whole_warp, row, half);
    if (comes_first(-other, other_row, -gain, row)) {
      gain = other;
      row = other_row;
    }
  }
}

template <class Rows>
constexpr int warps = Rows::threads / warp_threads;
template <class Rows>
__device__ int warp_of_row(int row) {
  return row % Rows::threads / warp_threads;
}

// A row as find_first reads it.
struct Candidate {
  double gradient;
  bool rises, falls;
};

// Pass A: finds the first row of the block among those that read(k, t) gives, and most_low.
template <class Rows, class Read>
__device__ const FirstRow& find_first(const SmoProblem& problem, const Rows& rows, const Read& read,
                                      FirstRow (&records)[most_solver_warps],
                                      double (&most_lows)[most_solver_warps], double& most_low) {
  double least = INFINITY;
  int row = no_row;
  most_low = -INFINITY;
  rows.each([&](int k, int t) {
    const Candidate one = read(k, t);
    if (one.rises && comes_first(one.gradient, t, least, row)) {
      least = one.gradient;
      row = t;
    }
    if (one.falls && one.gradient > most_low) most_low = one.gradient;
  });
  const int own_row = row, lane = int(threadIdx.x) % warp_threads;
  const int warp = int(threadIdx.x) / warp_threads;
  reduce_first(warp_threads, least, row, most_low);
  if (lane == 0) most_lows[warp] = most_low;
  if (row == no_row ? lane == 0 : own_row == row) {
    FirstRow& record = records[warp];
    record.gradient = least;
    record.row = row;
    if (row != no_row) {
      record.alpha = problem.alpha[row];
      record.upper = problem.upper[row];
      record.diagonal = problem.diagonal[problem.kernel_row(row)];
      record.kernel = problem.kernel_values(row);
    }
  }
  __syncthreads();
  const int other = lane % warps<Rows>;
  least = records[other].gradient;
  row = records[other].row;
  most_low = most_lows[other];
  reduce_first(warps<Rows>, least, row, most_low);
  return records[row == no_row ? 0 : warp_of_row<Rows>(row)];
}

// Pass B: finds the row that gains most in a pair with u.
template <class Rows>
__device__ const SecondRow& find_second(const SmoProblem& problem, Rows& rows, const FirstRow& u,
                                        SecondRow (&records)[most_solver_warps]) {
  float gain = -1.0f;
  int row = no_row;
  double gradient = 0.0;
  float diagonal = 0.0f, kernel_u = 0.0f;
  rows.each([&](int k, int t) {
    const double f = rows.gradient(k, t);
    const auto difference = float(f - u.gradient);
    if (!rows.low(k, t) || !(difference > 0.0f)) return;
    const float k_tt = problem.diagonal[problem.kernel_row(t)], k_ut = rows.kernel_u(k, t);
    const float gained = formulas::pair_gain(difference, u.diagonal, k_tt, k_ut);
    if (!(gained > gain)) return;  // rows come in ascending order: the first of equals stays
    gain = gained;
    row = t;
    gradient = f;
    diagonal = k_tt;
    kernel_u = k_ut;
  });
  const int own_row = row, lane = int(threadIdx.x) % warp_threads;
  reduce_second(warp_threads, gain, row);
  if (row == no_row ? lane == 0 : own_row == row) {
    SecondRow& record = records[int(threadIdx.x) / warp_threads];
    record = {gain, row, gradient, 0.0, 0.0, diagonal, kernel_u, nullptr};
    if (row != no_row) {
      record.alpha = problem.alpha[row];
      record.upper = problem.upper[row];
      record.kernel = problem.kernel_values(row);
    }
  }
  __syncthreads();
  const SecondRow& other = records[lane % warps<Rows>];
  gain = other.gain;
  row = other.row;
  reduce_second(warps<Rows>, gain, row);
  return records[row == no_row ? 0 : warp_of_row<Rows>(row)];
}

// What all rows of a problem, there or not, come to.
struct Look {
  double gap;
  bool waits;      // it takes a row that is missing to close the gap
  int wanted_row;  // of the problem; or no_row
};

// `near`: the gap of the rows that are there. All gradients are up to date.
template <class Rows>
__device__ Look look_at_all(const SmoProblem& problem, const Rows& rows, double near,
                            double tolerance, SolverRecords& records) {
  __syncthreads();  // the step's records have been read
  double most_low, ignored;
  const auto all = [&](int k, int t) {
    return Candidate{rows.gradient(k, t), problem.rises(t), problem.falls(t)};
  };
  const FirstRow& first = find_first(problem, rows, all, records.look, records.most_low, most_low);
  const double gap = most_low - first.gradient, settled = formulas::next_settled_gap(gap);
  int row = first.row;
  const bool rises = row != no_row && !first.kernel;
  if (threadIdx.x == 0) records.settled_gap = settled;
  __syncthreads();
  if (!rises) {  // then the row that falls most is missing
    const auto turned = [&](int k, int t) {
      return Candidate{-rows.gradient(k, t), problem.falls(t), false};
    };
    row = find_first(problem, rows, turned, records.look, records.most_low, ignored).row;
    __syncthreads();
  }
  return {gap, near < (tolerance > settled ? tolerance : settled), row};
}

// Why a block leaves its problem.
enum class Leave { converged, steps_taken, no_step, wants_row };

struct Progress {
  Leave why;
  std::int64_t steps;
  double gap;
  int wanted_row;  // of the kernel matrix, where that is why
};

// The loop of core::SmoOps::advance: at most limits.steps steps; `left`: until max_iterations.
template <class Rows>
__device__ Progress take_steps(const SmoProblem& problem, Rows& rows,
                               const formulas::SmoLimits& limits, std::int64_t left,
                               SolverRecords& records) {
  const double tolerance = limits.tolerance;
  const std::int64_t steps = left < limits.steps ? left : limits.steps;
  double length = 0.0;
  for (std::int64_t taken = 0;; ++taken) {
    double most_low;
    const auto stepped = [&](int k, int t) {
      double f = rows.gradient(k, t);
      if (taken > 0) {
        f = formulas::stepped_gradient(f, length, rows.kernel_u(k, t), rows.kernel_j(k, t));
        rows.set_gradient(k, t, f);
      }
      return Candidate{f, rows.up(k, t), rows.low(k, t)};
    };
    const FirstRow& u =
        find_first(problem, rows, stepped, records.first[taken % 2], records.most_low, most_low);
    Look look{most_low - u.gradient, false, no_row};
    if (look.gap < tolerance || look.gap < records.settled_gap || taken >= left)
      look = look_at_all(problem, rows, look.gap, tolerance, records);
    const auto leave = [&](Leave why, int wanted) {
      return Progress{why, taken, look.gap, wanted};
    };
    if (look.gap < tolerance) return leave(Leave::converged, -1);
    if (taken >= steps) return leave(Leave::steps_taken, -1);
    if (look.waits) return leave(Leave::wants_row, problem.kernel_row(look.wanted_row));
    if (u.row == no_row) return leave(Leave::no_step, -1);
    rows.load_kernel_u(u.kernel);
    const SecondRow& j = find_second(problem, rows, u, records.second);
    if (j.row == no_row) return leave(Leave::no_step, -1);
    rows.load_kernel_j(j.kernel);
    const formulas::SmoStep step = formulas::smo_step(
        j.gradient - u.gradient, u.diagonal, j.diagonal, j.kernel_u, problem.sign(u.row),
        problem.sign(j.row), u.alpha, j.alpha, u.upper, j.upper);
    if (!step.moved) return leave(Leave::no_step, -1);
    rows.set_alpha(u.row, step.alpha_u, u.upper);
    rows.set_alpha(j.row, step.alpha_j, j.upper);
    length = step.length;
  }
}

__device__ inline void note(const Progress& progress, std::int64_t max_iterations,
                            formulas::SmoState& state) {
  using formulas::SmoStatus;
  state.iterations += progress.steps;
  state.gap = progress.gap;
  state.status = SmoStatus::running;
  if (progress.why == Leave::converged)
    state.status = SmoStatus::converged;
  else if (state.iterations >= max_iterations)
    state.status = SmoStatus::iteration_limit;
  else if (progress.why == Leave::no_step)
    state.status = formulas::status_after_stall(++state.stalls);
  else if (progress.why == Leave::wants_row) {
    state.status = SmoStatus::wants_row;
    state.wanted_row = progress.wanted_row;
  }
}

constexpr int order_threads = 256;

// order = the problems that are to go on, those with most rows first, then the others; a thread a
// problem.
__global__ void order_problems(const formulas::BinaryProblem* problems,
                               const formulas::SmoState* states, int count, int* order) {
  const auto rows_left = [&](int p) {
    const formulas::SmoStatus status = states[p].status;
    const bool goes_on =
        status == formulas::SmoStatus::running || status == formulas::SmoStatus::wants_row;
    return goes_on ? problems[p].rows() : -1;
  };
  const int p = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (p >= count) return;
  const std::int64_t rows = rows_left(p);
  int place = 0;
  for (int q = 0; q < count; ++q) {
    const std::int64_t other = rows_left(q);
    place += other > rows || (other == rows && q < p);
  }
  order[place] = p;
}

struct SolverJob {
  const float* const* kernel_rows;
  const float* diagonal;
  const formulas::BinaryProblem* problems;
  const double* upper;
  double *alpha, *gradient;
  formulas::SmoState* states;
  formulas::SmoLimits limits;
  const int* order;  // problems in the order of blocks; null: as they are
};

__device__ inline SmoProblem solver_problem(const SolverJob& job,
                                            const formulas::BinaryProblem& problem) {
  return {int(problem.rows()),
          int(problem.first_rows),
          int(problem.first_begin),
          int(problem.second_begin - problem.first_rows),
          job.kernel_rows + problem.table,
          job.diagonal,
          job.upper + problem.offset,
          job.alpha + problem.offset,
          job.gradient + problem.offset};
}

// One block a problem. Problems of up to per_thread rows a thread live in registers.
template <int per_thread, int threads>
__global__ void __launch_bounds__(threads) advance(SolverJob job) {
  WL_SHARED(SolverRecords, records, [1]);
  WL_SHARED(SmoProblem, shared_problem, [1]);  // in registers it would push out rows
  const auto number = [&] { return job.order ? job.order[blockIdx.x] : int(blockIdx.x); };
  const formulas::SmoState state = job.states[number()];
  if (state.status != formulas::SmoStatus::running &&
      state.status != formulas::SmoStatus::wants_row)
    return;  // the whole block
  const std::int64_t left = job.limits.max_iterations - state.iterations;
  const SmoProblem& problem = shared_problem[0];
  if (threadIdx.x == 0) {
    shared_problem[0] = solver_problem(job, job.problems[number()]);
    records[0].settled_gap = state.settled_gap;
  }
  __syncthreads();
  Progress progress;
  if (problem.rows <= per_thread * threads) {
    RegisterRows<per_thread, threads> rows(problem);
    progress = take_steps(problem, rows, job.limits, left, records[0]);
    rows.store_gradient();
  } else {
    MemoryRows<threads> rows(problem);
    progress = take_steps(problem, rows, job.limits, left, records[0]);
  }
  if (threadIdx.x != 0) return;
  job.states[number()].settled_gap = records[0].settled_gap;
  note(progress, job.limits.max_iterations, job.states[number()]);
}

}  // namespace whiteline::kernels
