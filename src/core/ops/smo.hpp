// Sequential minimal optimisation of many binary problems on one kernel matrix.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/smo.hpp"

namespace whiteline::core {

class WHITELINE_EXPORT SmoOps {
 public:
  virtual ~SmoOps() = default;

  // A problem's rows: first_rows rows of the kernel matrix from first_begin (y = +1), then
  // second_rows from second_begin (y = -1); its numbers lie at [offset, offset + rows) of `upper`
  // (C_i >= 0), `alpha` and `gradient`. See formulas::BinaryProblem.

  // alpha = 0, gradient = -y, states = running.
  virtual void start(DeviceSpan<const formulas::BinaryProblem> problems, DeviceSpan<double> alpha,
                     DeviceSpan<double> gradient, DeviceSpan<formulas::SmoState> states) = 0;

  // At most `steps` more SMO steps (formulas/smo.hpp, second-order selection) of each problem whose
  // status is running; fills its state's gap, iterations, status. Problems are independent.
  // Traffic: two kernel rows and four reads of the gradient a step.
  virtual void advance(ConstMatrixView kernel, DeviceSpan<const formulas::BinaryProblem> problems,
                       DeviceSpan<const double> upper, DeviceSpan<double> alpha,
                       DeviceSpan<double> gradient, DeviceSpan<formulas::SmoState> states,
                       formulas::SmoLimits limits) = 0;

  // gradient_i = sum over j ascending with alpha_j > 0 of alpha_j y_j K_ij, minus y_i, in float64.
  virtual void rebuild_gradient(ConstMatrixView kernel,
                                DeviceSpan<const formulas::BinaryProblem> problems,
                                DeviceSpan<const double> alpha, DeviceSpan<double> gradient) = 0;
};

}  // namespace whiteline::core
