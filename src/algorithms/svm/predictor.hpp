// A model on a device, ready to decide tile after tile.
#pragma once

#include <whiteline/svm.hpp>

#include <cstdint>
#include <memory>
#include <vector>

#include "core/buffer.hpp"
#include "core/ops/svm_predict.hpp"

namespace whiteline::svm {

class Predictor {
 public:
  // Throws InvalidArgument for a damaged model, or when probabilities are asked of a model that was
  // not calibrated. `model` and `params` must outlive this.
  Predictor(const Context& ctx, const SvmModel& model, const SvmPredictParams& params);

  // An answer with room for `rows` rows.
  SvmPrediction empty_prediction(std::int64_t rows) const;
  // Rows that one call of run() should take, by the context's memory limit.
  std::int64_t rows_at_once() const;
  // Decides x, rows [first_row, first_row + x.rows) of `out`. Waits.
  void run(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out) const;
  // Marks row `row` as holding NaN or infinity in `channel`, or throws, as params say.
  void mark_invalid(std::int64_t row, std::int64_t channel, SvmPrediction& out) const;

 private:
  void load_calibration();

  const Context& ctx_;
  const SvmModel& model_;
  const SvmPredictParams& params_;
  Matrix vectors_;  // primal: weights (pairs x channels); else centred support vectors
  core::Buffer<float> squared_norm_, mean_dot_, mean_;
  core::Buffer<double> coefficients_, rho_, sigmoids_, knots_;
  core::Buffer<std::int64_t> first_knot_;
  std::unique_ptr<core::DecisionFunctions> functions_;
};

}  // namespace whiteline::svm
