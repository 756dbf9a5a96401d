// Sequential minimal optimisation of many binary problems on one kernel matrix.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/smo.hpp"

namespace whiteline::core {

// Rows of a symmetric kernel matrix by number: rows.data[problem.table + r] points to row r, or is
// null where the elements of row r that the problem needs have not been computed.
// diagonal.data[r] stands for kernel(r, r) in curvatures.
struct KernelRows {
  DeviceSpan<const float* const> rows;
  DeviceSpan<const float> diagonal;
};

using formulas::BinarySummary;
using formulas::HeldOutRows;

// A problem's rows: first_rows rows of the kernel matrix from first_begin (y = +1), then
// second_rows from second_begin (y = -1), all multiples of formulas::smo_block; its numbers lie at
// [offset, offset + rows) of `upper` (C_i >= 0), `alpha` and `gradient`. Problems never share
// these numbers, but share the kernel matrix. A verb's result for a problem does not depend on the
// other problems, nor on how steps are spread over calls: the same bits on every plain backend.
class WHITELINE_EXPORT SmoOps {
 public:
  virtual ~SmoOps() = default;

  // alpha = 0, gradient = -y, state = {0 iterations, gap 0, 0 stalls, running}.
  virtual void start(DeviceSpan<const formulas::BinaryProblem> problems, DeviceSpan<double> alpha,
                     DeviceSpan<double> gradient, DeviceSpan<formulas::SmoState> states) = 0;

  // At most limits.steps more steps of each problem whose status is running or wants_row; others
  // stay as they are. Pairs are made of rows that are there; all gradients follow. In a loop:
  //   u = argmin of F over the rows of up that are there    (ties: lowest row of the problem)
  //   gap = max of F over the rows of low that are there - F_u
  //   gap < max(tolerance, settled_gap), or iterations >= max_iterations: a look at all rows,
  //     whole = max over low of F - min over up of F; settled_gap = next_settled_gap(whole);
  //     waits = gap < max(tolerance, settled_gap); state.gap = whole
  //   state.gap < tolerance: converged. iterations >= max_iterations: iteration_limit.
  //   limits.steps taken in this call: leave, running.
  //   waits: status = wants_row, leave; wanted_row = argmin of F over up where that row is null,
  //     else argmax over low
  //   j = argmax over low, there, with D = float(F_t - F_u) > 0, of pair_gain(D, ...)
  //   no j, or smo_step(...) did not move: ++stalls, status = status_after_stall(stalls), leave
  //   alpha_u, alpha_j as in smo_step; F = stepped_gradient for every row; ++iterations
  // The gradient is up to date when the call leaves. Traffic a step: two kernel rows, the diagonal,
  // two reads and a write of the gradient.
  virtual void advance(const KernelRows& kernel, DeviceSpan<const formulas::BinaryProblem> problems,
                       DeviceSpan<const double> upper, DeviceSpan<double> alpha,
                       DeviceSpan<double> gradient, DeviceSpan<formulas::SmoState> states,
                       formulas::SmoLimits limits) = 0;

  // For problem p whose status is wants_row, out[p * count ..] = kernel rows worth computing now:
  // the wanted one, then at most (count - 1) / 2 of those of up with the least gradients and, in
  // all places left, those of low with the largest, ties by row; only rows that are null, each
  // once; -1 where there are no more, and for all other problems.
  virtual void missing_rows(const KernelRows& kernel,
                            DeviceSpan<const formulas::BinaryProblem> problems,
                            DeviceSpan<const double> upper, DeviceSpan<const double> alpha,
                            DeviceSpan<const double> gradient,
                            DeviceSpan<const formulas::SmoState> states, std::int32_t count,
                            DeviceSpan<std::int32_t> out) = 0;

  // For each problem whose status is rebuild: gradient_t = -y_t, then for j ascending with
  // alpha_j > 0: gradient_t += (alpha_j y_j) * double(kernel(j, t)), float64, no fused
  // multiply-add. A call takes a part of the sum: only rows j of the kernel matrix in [begin, end),
  // none of which is null where it is needed; begin = 0 starts with -y, and end = rows of the
  // matrix sets status = running. Parts in ascending order give the bits of the whole where
  // first_begin <= second_begin.
  virtual void rebuild(const KernelRows& kernel, std::int64_t begin, std::int64_t end,
                       DeviceSpan<const formulas::BinaryProblem> problems,
                       DeviceSpan<const double> alpha, DeviceSpan<double> gradient,
                       DeviceSpan<formulas::SmoState> states) = 0;

  // Warm start of converged solutions from `upper` at a larger C, growth = C' / C >= 1, all C_i
  // alike: with s = sum of alpha / sum of alpha_i (y_i F_i + 1), clamped to [1, growth], or growth
  // where the denominator is not above 0: alpha_i = s alpha_i, exactly upper_i growth where
  // s = growth and alpha_i = upper_i, never above it; F = s (F + y) - y; upper_i = growth upper_i;
  // state = {0 iterations, gap 0, 0 stalls, running}. Sums by formulas::lane_sum over the
  // problem's rows.
  virtual void grow(double growth, DeviceSpan<const formulas::BinaryProblem> problems,
                    DeviceSpan<double> upper, DeviceSpan<double> alpha, DeviceSpan<double> gradient,
                    DeviceSpan<formulas::SmoState> states) = 0;

  // Sums by formulas::lane_sum over the problem's rows; rows with upper = 0 do not count.
  virtual void summarize(DeviceSpan<const formulas::BinaryProblem> problems,
                         DeviceSpan<const double> upper, DeviceSpan<const double> alpha,
                         DeviceSpan<const double> gradient,
                         DeviceSpan<BinarySummary> summaries) = 0;

  // decisions[held[p].out + i] = f + rho of row v = rows[held[p].begin + i]: for a row of problem p
  // its gradient + y; for another row the sum over the problem's rows j (lane_sum) of
  // (alpha_j y_j) double(kernel(v, j)), float64, no fused multiply-add.
  virtual void decide_rows(const KernelRows& kernel,
                           DeviceSpan<const formulas::BinaryProblem> problems,
                           DeviceSpan<const double> alpha, DeviceSpan<const double> gradient,
                           DeviceSpan<const std::int32_t> rows, DeviceSpan<const HeldOutRows> held,
                           DeviceSpan<double> decisions) = 0;
};

}  // namespace whiteline::core
