// Decisions, votes and probabilities of trained one-vs-one SVMs. A row's result never depends on
// the rows beside it.
#pragma once

#include <cstdint>
#include <memory>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "formulas/calibration.hpp"
#include "formulas/decision.hpp"

namespace whiteline::core {

// f_p(x) = sum over j of coefficients[p * n_support + j] K(x, s_j) - rho[p], one p a pair.
struct KernelDecisions {
  formulas::KernelConstants function;
  PreparedRows support;          // s_j - mean
  DeviceSpan<const float> mean;  // subtracted from x; empty: zeros
  DeviceSpan<const double> coefficients, rho;
};

// f_p(x) = w_p.x - rho[p]; with `cosine` w_p.x / |x| - rho[p].
struct PrimalDecisions {
  ConstMatrixView weights;  // row p is w_p
  DeviceSpan<const double> rho;
  bool cosine;
};

// The decision functions of a model in the order in which a device evaluates them fastest. Refers
// to the memory it was made from, and may hold a copy of it and room for its work.
class WHITELINE_EXPORT DecisionFunctions {
 public:
  virtual ~DecisionFunctions() = default;

  // decisions[i, p] = f_p(row i of x). A row's decisions are all NaN where |x|^2 (kernel decisions:
  // |x - mean|^2) is not finite in float32: NaN or infinity in the row, or numbers too large.
  virtual void decide(ConstMatrixView x, MatrixView decisions) = 0;
};

// From decisions to probabilities of pairs (formulas::PairCurves): sigmoids, or knots and the first
// of each pair; all empty: no probabilities.
struct Calibration {
  DeviceSpan<const double> sigmoids, knots;
  DeviceSpan<const std::int64_t> first_knot;

  bool empty() const { return sigmoids.size == 0 && knots.size == 0; }
  formulas::PairCurves curves() const {
    return {sigmoids.size ? sigmoids.data : nullptr, knots.data, first_knot.data};
  }
};

class WHITELINE_EXPORT SvmPredictOps {
 public:
  virtual ~SvmPredictOps() = default;

  // Sums over ascending j of FMAs of float(coefficient) and K, float32 over weighed_block support
  // vectors, whose sums are added up in float64; rho is subtracted, the result rounded once. K is
  // made tile by tile and never stored whole; no row of x counts as a row of `support`.
  virtual std::unique_ptr<DecisionFunctions> kernel_decisions(const KernelDecisions& model) = 0;

  // formulas::primal_decision of sums by formulas::lane_dot. One read of x.
  virtual std::unique_ptr<DecisionFunctions> primal_decisions(const PrimalDecisions& model) = 0;

  // labels[i] = class (0 .. classes - 1) with most votes of the decisions of row i, lowest at a
  // tie; -1 where a decision is not finite. f > 0 votes for the pair's first class, else for the
  // second. With a calibration (else `probabilities` is not touched) probabilities[i, c] =
  // formulas::couple of clipped_probability(pair_probability(f)); NaN where the label is -1.
  // 2 <= classes <= formulas::max_classes.
  virtual void vote_and_couple(ConstMatrixView decisions, std::int32_t classes,
                               const Calibration& calibration, DeviceSpan<std::int32_t> labels,
                               MatrixView probabilities) = 0;

  // values[i, c] = formulas::one_vs_rest of the decisions of row i; rows x classes.
  virtual void one_vs_rest(ConstMatrixView decisions, MatrixView values) = 0;
};

}  // namespace whiteline::core
