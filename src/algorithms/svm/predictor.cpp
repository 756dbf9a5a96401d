#include "algorithms/svm/predictor.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/checks.hpp"
#include "algorithms/svm/data.hpp"
#include "algorithms/svm/decision.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t tile_bytes = std::int64_t(64) << 20;

}  // namespace

Predictor::Predictor(const Context& ctx, const SvmModel& model, const SvmPredictParams& params)
    : ctx_(ctx), model_(model), params_(params) {
  check_model(model);
  require(
      !params.probability || model.calibrated(),
      "cannot give probabilities (the model was not calibrated) calibrate it, or ask for labels "
      "or decisions");
  if (params.probability) load_calibration();
  auto& ops = core::need(ctx.queue().ops().svm_predict, "svm_predict");
  if (has_primal_form(model.kernel)) {
    const PrimalForm form = primal_form(model);
    vectors_ = Matrix::from_host(ctx, {form.weights.data(), model.pairs(), model.channels});
    rho_ = core::Buffer<double>(ctx, form.rho);
    functions_ = ops.primal_decisions({std::as_const(vectors_).view(), std::as_const(rho_).span(),
                                       model.kernel.type == KernelType::cosine});
    return;
  }
  const std::int64_t support = model.support_vector_count();
  const Matrix raw =
      Matrix::from_host(ctx, {model.support_vectors.data(), support, model.channels});
  vectors_ = Matrix(ctx, support, model.channels);
  squared_norm_ = core::Buffer<float>(ctx, support);
  mean_dot_ = core::Buffer<float>(ctx, support);
  mean_ = core::Buffer<float>(ctx, model.mean);
  core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix")
      .prepare(raw.view(), {}, false, std::as_const(mean_).span(), vectors_.view(),
               squared_norm_.span(), mean_dot_.span());
  coefficients_ = core::Buffer<double>(ctx, model.coefficients);
  rho_ = core::Buffer<double>(ctx, model.rho);
  functions_ =
      ops.kernel_decisions({kernels::kernel_constants(model.kernel, squared_norm(model.mean)),
                            {std::as_const(vectors_).view(), std::as_const(squared_norm_).span(),
                             std::as_const(mean_dot_).span()},
                            std::as_const(mean_).span(),
                            std::as_const(coefficients_).span(),
                            std::as_const(rho_).span()});
}

void Predictor::load_calibration() {
  std::vector<double> sigmoids, knots;
  std::vector<std::int64_t> first_knot;
  for (const PlattSigmoid& s : model_.platt) sigmoids.insert(sigmoids.end(), {s.A, s.B});
  for (const IsotonicCurve& curve : model_.isotonic) {
    first_knot.push_back(std::int64_t(knots.size() / 2));
    for (const auto& [decision, probability] : curve.knots)
      knots.insert(knots.end(), {decision, probability});
  }
  first_knot.push_back(std::int64_t(knots.size() / 2));
  sigmoids_ = core::Buffer<double>(ctx_, sigmoids);
  knots_ = core::Buffer<double>(ctx_, knots);
  first_knot_ = core::Buffer<std::int64_t>(ctx_, first_knot);
}

SvmPrediction Predictor::empty_prediction(std::int64_t rows) const {
  SvmPrediction out;
  out.labels.resize(at(rows));
  if (params_.probability) out.probability.resize(at(rows) * model_.classes.size());
  if (params_.decision) out.decision.resize(at(rows * model_.pairs()));
  return out;
}

std::int64_t Predictor::rows_at_once() const {
  const auto quarter = static_cast<std::int64_t>(
      std::min<std::uint64_t>(ctx_.memory_limit() / 4, std::uint64_t(tile_bytes)));
  return std::clamp<std::int64_t>(quarter / 4 / (model_.channels + model_.pairs() + 16), 16,
                                  1 << 16);
}

void Predictor::run(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out) const {
  if (x.rows == 0) return;
  const auto classes = static_cast<std::int32_t>(model_.classes.size());
  const std::vector<std::int32_t> invalid = first_non_finite(ctx_, x);
  if (params_.on_invalid == SvmPredictParams::OnInvalid::refuse)
    for (std::size_t i = 0; i < invalid.size(); ++i)
      if (invalid[i] >= 0) throw_non_finite(first_row + std::int64_t(i), invalid[i]);

  Matrix decisions(ctx_, x.rows, model_.pairs());
  Matrix probabilities(ctx_, params_.probability ? x.rows : 0, classes);
  core::Buffer<std::int32_t> votes(ctx_, x.rows);
  functions_->decide(x, decisions.view());
  core::need(ctx_.queue().ops().svm_predict, "svm_predict")
      .vote_and_couple(std::as_const(decisions).view(), classes,
                       {sigmoids_.span(), knots_.span(), first_knot_.span()}, votes.span(),
                       probabilities.view());
  const std::vector<std::int32_t> voted = votes.to_host();
  if (params_.decision)
    decisions.copy_to(std::span(out.decision)
                          .subspan(at(first_row * model_.pairs()), at(x.rows * model_.pairs())));
  if (params_.probability)
    probabilities.copy_to(
        std::span(out.probability).subspan(at(first_row * classes), at(x.rows * classes)));
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const std::int64_t row = first_row + i;
    if (invalid[at(i)] >= 0 || voted[at(i)] < 0) {
      mark_invalid(row, invalid[at(i)], out);
      continue;
    }
    out.labels[at(row)] = model_.classes[at(voted[at(i)])];
    if (!params_.probability) continue;
    const auto p = out.probability.begin() + row * classes;
    if (std::max_element(p, p + classes) - p != voted[at(i)]) ++out.disagreements;
  }
}

void Predictor::mark_invalid(std::int64_t row, std::int64_t channel, SvmPrediction& out) const {
  if (params_.on_invalid == SvmPredictParams::OnInvalid::refuse) throw_non_finite(row, channel);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto classes = std::int64_t(model_.classes.size()), pairs = model_.pairs();
  out.labels[at(row)] = no_label;
  if (params_.probability) std::fill_n(out.probability.begin() + row * classes, classes, nan);
  if (params_.decision) std::fill_n(out.decision.begin() + row * pairs, pairs, nan);
  ++out.invalid_rows;
}

}  // namespace whiteline::svm
