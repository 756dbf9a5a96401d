// Sequential minimal optimisation of many binary problems on one kernel matrix.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/smo.hpp"

namespace whiteline::core {

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

  // At most limits.steps more steps of each problem whose status is running; others stay as they
  // are. kernel is symmetric; diagonal[r] stands for kernel(r, r) in curvatures. In a loop:
  //   u = argmin over up of F; gap = max over low of F - F_u     (ties: lowest row of the problem)
  //   gap < tolerance: converged. iterations >= max_iterations: iteration_limit.
  //   limits.steps taken in this call: leave, still running.
  //   j = argmax over low, with D = float(F_t - F_u) > 0, of pair_gain(D, ...)
  //   no j, or smo_step(...) did not move: ++stalls, status = status_after_stall(stalls), leave
  //   alpha_u, alpha_j as in smo_step; F = stepped_gradient for every row; ++iterations
  // The gradient is up to date when the call leaves. Traffic a step: two kernel rows, the diagonal,
  // two reads and a write of the gradient.
  virtual void advance(ConstMatrixView kernel, DeviceSpan<const float> diagonal,
                       DeviceSpan<const formulas::BinaryProblem> problems,
                       DeviceSpan<const double> upper, DeviceSpan<double> alpha,
                       DeviceSpan<double> gradient, DeviceSpan<formulas::SmoState> states,
                       formulas::SmoLimits limits) = 0;

  // For each problem whose status is rebuild: gradient_t = -y_t, then for j ascending with
  // alpha_j > 0: gradient_t += (alpha_j y_j) * double(kernel(j, t)), float64, no fused
  // multiply-add; status = running.
  virtual void rebuild_gradient(ConstMatrixView kernel,
                                DeviceSpan<const formulas::BinaryProblem> problems,
                                DeviceSpan<const double> alpha, DeviceSpan<double> gradient,
                                DeviceSpan<formulas::SmoState> states) = 0;
};

}  // namespace whiteline::core
