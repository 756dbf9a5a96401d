#include "algorithms/svm/predictor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/checks.hpp"
#include "algorithms/svm/data.hpp"
#include "algorithms/svm/decision.hpp"
#include "core/ops/ops.hpp"
#include "core/upload.hpp"

namespace whiteline::svm {

namespace {

using DecisionFunction = SvmPredictParams::DecisionFunction;
using Labels = SvmPredictParams::Labels;

constexpr std::int64_t device_tile_bytes = std::int64_t(64) << 20;
constexpr std::int64_t thread_tile_bytes = std::int64_t(2) << 20;  // on the CPU: stays in its cache

template <class T>
void download(const Context& ctx, const core::Buffer<T>& from, T* to, std::int64_t count) {
  if (count > 0) ctx.queue().download(to, from.span().data, at(count) * sizeof(T));
}

std::int64_t columns_of(const SvmModel& model, const SvmPredictParams& params) {
  const bool support = model.kernel.type == KernelType::precomputed &&
                       params.columns == SvmPredictParams::Columns::support;
  return support ? model.support_vector_count() : model.channels;
}

// Rows of a tile, by the memory limit and the device's cache.
std::int64_t tile_rows(const Context& ctx, std::int64_t columns, std::int64_t pairs) {
  const std::int64_t wanted =
      ctx.device().name == "cpu" ? thread_tile_bytes * ctx.threads() : device_tile_bytes;
  const auto bytes = static_cast<std::int64_t>(
      std::min<std::uint64_t>(ctx.memory_limit() / 4, std::uint64_t(wanted)));
  return std::clamp<std::int64_t>(bytes / 4 / (columns + pairs + 16), 16, 1 << 16);
}

std::int32_t largest_of(const float* values, std::int64_t count) {
  return static_cast<std::int32_t>(std::max_element(values, values + count) - values);
}

}  // namespace

Predictor::Predictor(const Context& ctx, const SvmModel& model, const SvmPredictParams& params)
    : ctx_(ctx),
      model_(model),
      params_(params),
      classes_(std::int64_t(model.classes.size())),
      pairs_(model.pairs()),
      columns_(columns_of(model, params)) {
  check_model(model);
  require(
      !needs_probabilities() || model.calibrated(),
      "cannot give probabilities (the model was not calibrated) calibrate it, or ask for labels "
      "by vote or decisions");
  if (needs_probabilities()) load_calibration();
  rows_at_once_ = tile_rows(ctx, columns_, pairs_);
  take_decision_functions();
}

bool Predictor::needs_probabilities() const {
  return params_.probability || params_.labels == Labels::argmax;
}

bool Predictor::needs_one_vs_rest() const {
  return params_.labels == Labels::vote_break_ties ||
         (params_.decision && params_.decision_function == DecisionFunction::one_vs_rest);
}

void Predictor::take_decision_functions() {
  auto& ops = core::need(ctx_.queue().ops().svm_predict, "svm_predict");
  if (has_primal_form(model_.kernel)) {
    const double bytes = 8.0 * double(pairs_) * double(columns_);
    if (model_.kernel.type == KernelType::precomputed && bytes > double(ctx_.memory_limit()))
      throw OutOfMemory(fmt::format(
          "cannot classify by the model (its weights need {:.2f} GiB, {:.2f} GiB may be used) give "
          "the columns of the support vectors only, or raise --memory",
          bytes / 0x1p30, double(ctx_.memory_limit()) / 0x1p30));
    const PrimalForm form = model_.kernel.type == KernelType::precomputed
                                ? precomputed_form(model_, params_.columns)
                                : primal_form(model_);
    vectors_ = Matrix::from_host(ctx_, {form.weights.data(), pairs_, columns_});
    rho_ = core::Buffer<double>(ctx_, form.rho);
    functions_ = ops.primal_decisions(
        {vectors_.view(), std::as_const(rho_).span(), model_.kernel.type == KernelType::cosine});
    return;
  }
  const std::int64_t support = model_.support_vector_count();
  const HostView host{model_.support_vectors.data(), support, model_.channels};
  ConstMatrixView raw = core::in_place(ctx_.queue(), host);
  const Matrix copy = raw.data ? Matrix() : Matrix::from_host(ctx_, host);
  if (!raw.data) raw = copy.view();
  vectors_ = Matrix(ctx_, support, model_.channels);
  squared_norm_ = core::Buffer<float>(ctx_, support);
  mean_dot_ = core::Buffer<float>(ctx_, support);
  mean_ = core::Buffer<float>(ctx_, model_.mean);
  core::need(ctx_.queue().ops().kernel_matrix, "kernel_matrix")
      .prepare(raw, {}, false, std::as_const(mean_).span(), vectors_.view(), squared_norm_.span(),
               mean_dot_.span());
  coefficients_ = core::Buffer<double>(ctx_, model_.coefficients);
  rho_ = core::Buffer<double>(ctx_, model_.rho);
  functions_ = ops.kernel_decisions(
      {kernels::kernel_constants(model_.kernel, squared_norm(model_.mean)),
       {vectors_.view(), std::as_const(squared_norm_).span(), std::as_const(mean_dot_).span()},
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

void Predictor::start(std::int64_t rows, SvmPrediction& out) const {
  const bool by_pair = params_.decision_function == DecisionFunction::one_vs_one;
  out.labels.resize(at(rows));
  out.probability.resize(at(params_.probability ? rows * classes_ : 0));
  out.decision.resize(at(params_.decision ? rows * (by_pair ? pairs_ : classes_) : 0));
  out.invalid_rows = out.disagreements = 0;
}

MatrixView Predictor::room_for(std::int64_t rows) {
  if (rows > spectra_.rows()) spectra_ = Matrix(ctx_, rows, columns_);
  return spectra_.view().some_rows(0, rows);
}

void Predictor::make_room(std::int64_t rows) {
  if (rows <= room_) return;
  room_ = 0;
  const std::int64_t probable = needs_probabilities() ? rows * classes_ : 0;
  const std::int64_t rest = needs_one_vs_rest() ? rows * classes_ : 0;
  decisions_ = core::Buffer<float>(ctx_, rows * pairs_);
  probabilities_ = core::Buffer<float>(ctx_, probable);
  one_vs_rest_ = core::Buffer<float>(ctx_, rest);
  votes_ = core::Buffer<std::int32_t>(ctx_, rows);
  voted_.resize(at(rows));
  probability_.resize(at(probable));
  rest_value_.resize(at(rest));
  room_ = rows;
}

void Predictor::run(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out) {
  if (x.rows == 0) return;
  make_room(x.rows);
  auto& ops = core::need(ctx_.queue().ops().svm_predict, "svm_predict");
  const MatrixView decisions{decisions_.span().data, x.rows, pairs_, pairs_};
  functions_->decide(x, decisions);
  ops.vote_and_couple(
      decisions, static_cast<std::int32_t>(classes_),
      {std::as_const(sigmoids_).span(), std::as_const(knots_).span(),
       std::as_const(first_knot_).span()},
      votes_.span().part(0, x.rows),
      {probabilities_.span().data, needs_probabilities() ? x.rows : 0, classes_, classes_});
  if (needs_one_vs_rest())
    ops.one_vs_rest(decisions, {one_vs_rest_.span().data, x.rows, classes_, classes_});
  fetch(first_row, x.rows, out);
  label_rows(x, first_row, out);
}

void Predictor::fetch(std::int64_t first_row, std::int64_t rows, SvmPrediction& out) {
  download(ctx_, votes_, voted_.data(), rows);
  if (needs_probabilities()) download(ctx_, probabilities_, probability_.data(), rows * classes_);
  if (needs_one_vs_rest()) download(ctx_, one_vs_rest_, rest_value_.data(), rows * classes_);
  if (params_.probability)
    std::copy_n(probability_.begin(), rows * classes_,
                out.probability.begin() + first_row * classes_);
  if (!params_.decision) return;
  if (params_.decision_function == DecisionFunction::one_vs_rest)
    std::copy_n(rest_value_.begin(), rows * classes_, out.decision.begin() + first_row * classes_);
  else
    download(ctx_, decisions_, out.decision.data() + first_row * pairs_, rows * pairs_);
}

void Predictor::label_rows(ConstMatrixView x, std::int64_t first_row, SvmPrediction& out) const {
  std::vector<std::int32_t> invalid;  // looked for when a row has no vote
  for (std::int64_t i = 0; i < x.rows; ++i) {
    const std::int64_t row = first_row + i;
    if (voted_[at(i)] < 0) {
      if (invalid.empty()) invalid = first_non_finite(ctx_, x);
      mark_invalid(row, invalid[at(i)], out);
      continue;
    }
    std::int32_t label = voted_[at(i)];
    if (needs_probabilities()) {
      const std::int32_t likeliest = largest_of(&probability_[at(i * classes_)], classes_);
      out.disagreements += likeliest != voted_[at(i)];
      if (params_.labels == Labels::argmax) label = likeliest;
    }
    if (params_.labels == Labels::vote_break_ties)
      label = largest_of(&rest_value_[at(i * classes_)], classes_);
    out.labels[at(row)] = model_.classes[at(label)];
  }
}

void Predictor::mark_invalid(std::int64_t row, std::int64_t channel, SvmPrediction& out) const {
  if (params_.on_invalid == SvmPredictParams::OnInvalid::refuse) {
    if (channel < 0) throw_too_large(row);
    throw_non_finite(row, channel);
  }
  const auto fill_row = [row](std::vector<float>& values, std::size_t rows) {
    const auto width = std::ptrdiff_t(values.size() / rows);
    std::fill_n(values.begin() + row * width, width, std::numeric_limits<float>::quiet_NaN());
  };
  fill_row(out.probability, out.labels.size());
  fill_row(out.decision, out.labels.size());
  out.labels[at(row)] = no_label;
  ++out.invalid_rows;
}

}  // namespace whiteline::svm
