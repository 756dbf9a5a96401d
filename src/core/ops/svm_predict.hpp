// Decisions, votes and probabilities of trained one-vs-one SVMs. A row's result never depends on
// the rows beside it.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"

namespace whiteline::core {

class WHITELINE_EXPORT SvmPredictOps {
 public:
  virtual ~SvmPredictOps() = default;

  // decisions[i, p] = (sum over j ascending of coefficients[p * n_support + j] * K(x_i, s_j), in
  // float64 without fused multiply-add) - rho[p], rounded once. K is made tile by tile and never
  // stored whole.
  virtual void decide(formulas::KernelConstants function, const PreparedRows& x,
                      const PreparedRows& support, DeviceSpan<const double> coefficients,
                      DeviceSpan<const double> rho, MatrixView decisions) = 0;

  // decisions[i, p] = x_i . weights_p - rho[p]; with `cosine` (x_i . weights_p) *
  // inverse_norm(|x_i|^2) - rho[p], so -rho[p] where the norm is 0. Sums of (exact) float64
  // products over channels by formulas::lane_sum; rounded once. One read of x.
  virtual void decide_primal(ConstMatrixView x, ConstMatrixView weights,
                             DeviceSpan<const double> rho, bool cosine, MatrixView decisions) = 0;

  // labels[i] = class (0 .. classes - 1) with most votes of the decisions of row i, lowest at a
  // tie; -1 where a decision is NaN. f > 0 votes for the pair's first class, else for the second.
  // With sigmoids (2 a pair: A, B; empty: none, and `probabilities` is not touched)
  // probabilities[i, c] = formulas::couple of clipped_probability(platt_probability(f, A, B)); NaN
  // where the label is -1. 2 <= classes <= formulas::max_classes.
  virtual void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                               DeviceSpan<const double> sigmoids, DeviceSpan<std::int32_t> labels,
                               MatrixView probabilities) = 0;
};

}  // namespace whiteline::core
