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
  // not calibrated. `ctx`, `model` and `params` must outlive this.
  Predictor(const Context& ctx, const SvmModel& model, const SvmPredictParams& params);

  // Makes `out` an answer with room for `rows` rows.
  void start(std::int64_t rows, SvmPrediction& out) const;
  // Rows that one call of run() should take, by the context's memory limit and its cache.
  std::int64_t rows_at_once() const { return rows_at_once_; }
  // Of the rows that run() takes.
  std::int64_t columns() const { return columns_; }
  // Decides x, rows [first_row, first_row + x.rows) of `out`. Waits. Allocates where x has more
  // rows than any before.
  void run(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out);
  // Marks row `row` as holding NaN or infinity in `channel` (-1: too large), or throws, as params
  // say.
  void mark_invalid(std::int64_t row, std::int64_t channel, SvmPrediction& out) const;
  // Rows x columns() of device memory, undefined or those of the call before.
  MatrixView room_for(std::int64_t rows);

 private:
  bool needs_probabilities() const;
  bool needs_one_vs_rest() const;
  void load_calibration();
  void take_decision_functions();
  void make_room(std::int64_t rows);
  void fetch(std::int64_t first_row, std::int64_t rows, SvmPrediction& out);
  void label_rows(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out) const;

  const Context& ctx_;
  const SvmModel& model_;
  const SvmPredictParams& params_;
  std::int64_t classes_, pairs_, columns_, rows_at_once_ = 0;
  Matrix vectors_;  // primal: weights (pairs x columns); else centred support vectors
  core::Buffer<float> squared_norm_, mean_dot_, mean_;
  core::Buffer<double> coefficients_, rho_, sigmoids_, knots_;
  core::Buffer<std::int64_t> first_knot_;
  std::unique_ptr<core::DecisionFunctions> functions_;
  // Answers of one tile, row after row without gaps; on the device, then on the host.
  std::int64_t room_ = 0;
  core::Buffer<float> decisions_, probabilities_, one_vs_rest_;
  core::Buffer<std::int32_t> votes_;
  std::vector<std::int32_t> voted_;
  std::vector<float> probability_, rest_value_;
  Matrix spectra_;
};

}  // namespace whiteline::svm
