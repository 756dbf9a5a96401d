#include <cassert>
#include <cmath>
#include <limits>

#include "cpu/network.hpp"
#include "formulas/loss.hpp"

namespace whiteline::cpu {

namespace {

// NaN where a logit is not finite: a loss may be none the less.
double loss_or_nan(const float* logits, std::int64_t outputs, double loss) {
  return formulas::all_finite(logits, outputs) ? loss : std::numeric_limits<double>::quiet_NaN();
}

void add_losses(std::int64_t rows, double sum, core::TrainingState& to) {
  to.rows += rows;
  to.loss += sum;
  if (!std::isfinite(sum)) to.diverged = 1;
}

}  // namespace

void CpuNetwork::loss_gradient(core::Loss loss, ConstMatrixView z, const core::Targets& targets,
                               core::DeviceSpan<core::TrainingState> state, MatrixView dz) {
  assert(targets.labels.size == z.rows);
  core::TrainingState& all = *state.data;
  double sum = 0.0;
  for (std::int64_t row = 0; row < z.rows; ++row) {
    const float* const logits = z.data + row * z.stride;
    const std::int64_t label = targets.labels.data[row];
    const double weight =
        targets.class_weights.size > 0 ? double(targets.class_weights.data[label]) : 1.0;
    float* const gradient = dz.data ? dz.data + row * dz.stride : nullptr;
    const auto of_sample = loss == core::Loss::softmax_cross_entropy
                               ? formulas::softmax_cross_entropy
                               : formulas::sigmoid_cross_entropy;
    const double own = of_sample(logits, z.cols, label, weight / double(z.rows), gradient);
    sum += loss_or_nan(logits, z.cols, weight * own);
    all.hits += formulas::predicted_label(logits, z.cols) == label;
  }
  add_losses(z.rows, sum, all);
}

void CpuNetwork::adversarial_loss(ConstMatrixView z, const core::AdversarialTargets& targets,
                                  core::DeviceSpan<core::TrainingState> state, MatrixView dz) {
  const std::int64_t rows = z.rows / targets.minibatches;
  double sum = 0.0;
  for (std::int64_t row = 0; row < z.rows; ++row) {
    const float* const logits = z.data + row * z.stride;
    const double target = double(targets.targets[row / rows]);
    const double own = formulas::adversarial_cross_entropy(
        logits, z.cols, target, 1.0 / double(rows), dz.data ? dz.data + row * dz.stride : nullptr);
    sum += loss_or_nan(logits, z.cols, own);
    state.data->hits += (logits[0] > 0.0f) == (target > 0.5);
  }
  add_losses(z.rows, sum, *state.data);
}

void CpuNetwork::class_probabilities(core::Loss loss, ConstMatrixView z, MatrixView out) {
  const auto of_sample = loss == core::Loss::softmax_cross_entropy
                             ? formulas::softmax_probabilities
                             : formulas::sigmoid_probabilities;
  for (std::int64_t row = 0; row < z.rows; ++row)
    of_sample(z.data + row * z.stride, z.cols, out.data + row * out.stride);
}

}  // namespace whiteline::cpu
