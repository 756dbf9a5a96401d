#include <whiteline/nn/model.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/nn/inference.hpp"
#include "algorithms/preprocess/prepared_tile.hpp"
#include "core/finite.hpp"

namespace whiteline::nn {

namespace {

constexpr std::int64_t tile_rows = 4096;  // prepared at once, at most

bool all_finite(const Weights& weights) {
  return std::all_of(weights.values.begin(), weights.values.end(), [](const auto& table) {
    return std::all_of(table.begin(), table.end(), [](float v) { return std::isfinite(v); });
  });
}

}  // namespace

void check(const Model& model) {
  const auto classes = std::int64_t(model.classes.size());
  check_weights(model.network, model.weights);
  require(classes == model.network.classes() && classes >= 2 &&
              std::ssize(model.class_names) == classes,
          "cannot use the model (its classes and the network's outputs do not agree) train it "
          "again");
  require(std::adjacent_find(model.classes.begin(), model.classes.end(), std::greater_equal<>()) ==
              model.classes.end(),
          "cannot use the model (its classes are not ascending) sort them");
  require(all_finite(model.weights),
          "cannot use the model (it holds NaN or infinity) train it again");
}

struct Predictor::Kept {
  Kept(const Context& ctx, Model trained, PredictParams params)
      : ctx(ctx),
        model((check(trained), std::move(trained))),
        params(std::move(params)),
        inference(this->ctx, model.network, model.weights) {}

  void start(std::int64_t rows, Prediction& out) const {
    out.labels.assign(std::size_t(rows), no_label);
    out.probability.assign(params.probability ? std::size_t(rows) * classes() : 0, 0.0f);
    out.logits.assign(params.logits ? std::size_t(rows) * outputs() : 0, 0.0f);
    out.invalid_rows = 0;
  }

  // Answers for prepared rows, from row `first` of `out` on.
  void run(ConstMatrixView x, std::int64_t first, Prediction& out) {
    check_channels(model.network, x.cols);
    const std::int64_t step = inference.rows_at_once();
    for (std::int64_t begin = 0; begin < x.rows; begin += step) {
      const std::int64_t count = std::min(step, x.rows - begin);
      make_room(count);
      inference.run(x.some_rows(begin, count), logits.view(),
                    params.probability ? probabilities.view() : MatrixView());
      fetch(first + begin, out);
    }
  }

  void make_room(std::int64_t rows) {
    if (logits.rows() == rows) return;
    logits = Matrix(ctx, rows, std::int64_t(outputs()));
    if (params.probability) probabilities = Matrix(ctx, rows, std::int64_t(classes()));
    values.resize(std::size_t(rows) * outputs());
  }

  void fetch(std::int64_t first, Prediction& out) {
    const auto at = std::size_t(first);
    logits.copy_to(values);
    for (std::int64_t row = 0; row < logits.rows(); ++row) {
      const auto z = values.begin() + row * std::ptrdiff_t(outputs());
      const std::ptrdiff_t best = outputs() == 1
                                      ? std::ptrdiff_t(*z > 0.0f)
                                      : std::max_element(z, z + std::ptrdiff_t(outputs())) - z;
      out.labels[at + std::size_t(row)] = model.classes[std::size_t(best)];
    }
    if (params.logits)
      std::copy(values.begin(), values.end(), out.logits.begin() + std::ptrdiff_t(at * outputs()));
    if (params.probability)
      probabilities.copy_to(std::span(out.probability)
                                .subspan(at * classes(), std::size_t(logits.rows()) * classes()));
  }

  void mark_invalid(std::int64_t row, Prediction& out) const {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const auto mark = [&](std::vector<float>& table, std::size_t columns) {
      if (!table.empty()) std::fill_n(table.begin() + row * std::ptrdiff_t(columns), columns, nan);
    };
    out.labels[std::size_t(row)] = no_label;
    mark(out.probability, classes());
    mark(out.logits, outputs());
    ++out.invalid_rows;
  }

  std::size_t classes() const { return model.classes.size(); }
  std::size_t outputs() const { return std::size_t(model.network.outputs()); }

  Context ctx;
  Model model;
  PredictParams params;
  Inference inference;
  Matrix logits, probabilities;  // of one run of the network
  std::vector<float> values;
};

Predictor::Predictor(const Context& ctx, Model model, PredictParams params)
    : kept_(std::make_unique<Kept>(ctx, std::move(model), std::move(params))) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&& other) noexcept = default;
Predictor& Predictor::operator=(Predictor&& other) noexcept = default;

const Model& Predictor::model() const { return kept_->model; }

void Predictor::predict(const Matrix& x, Prediction& out) {
  const bool mark = kept_->params.on_invalid == PredictParams::OnInvalid::mark;
  const std::vector<std::int32_t> invalid = core::first_non_finite(kept_->ctx, x.view());
  kept_->start(x.rows(), out);
  for (std::size_t row = 0; row < invalid.size(); ++row)
    if (invalid[row] >= 0 && !mark) core::throw_non_finite(std::int64_t(row), invalid[row]);
  for (std::int64_t first = 0; first < x.rows(); first += tile_rows) {
    const std::int64_t count = std::min(tile_rows, x.rows() - first);
    kept_->run(x.view().some_rows(first, count), first, out);
    report(kept_->params.progress, "classify", std::uint64_t(first + count),
           std::uint64_t(x.rows()));
  }
  for (std::size_t row = 0; row < invalid.size(); ++row)
    if (invalid[row] >= 0) kept_->mark_invalid(std::int64_t(row), out);
}

void Predictor::classify(const HostView& spectra, const std::optional<EnergyAxis>& energy,
                         Prediction& out) {
  using preprocess::OnInvalid;
  const bool mark = kept_->params.on_invalid == PredictParams::OnInvalid::mark;
  const auto fitting =
      std::int64_t(kept_->ctx.memory_limit() / 16) / std::max<std::int64_t>(1, 4 * spectra.cols);
  const std::int64_t step = std::clamp<std::int64_t>(fitting, 1, tile_rows);
  kept_->start(spectra.rows, out);
  for (std::int64_t first = 0; first < spectra.rows; first += step) {
    const HostView part = spectra.some_rows(first, std::min(step, spectra.rows - first));
    const preprocess::PreparedTile tile =
        preprocess::prepare_tile(kept_->ctx, kept_->model.pipeline, part, first, energy,
                                 mark ? OnInvalid::mark : OnInvalid::refuse);
    kept_->run(tile.spectra.view(), first, out);
    for (std::size_t row = 0; row < tile.invalid.size(); ++row)
      if (tile.invalid[row] >= 0) kept_->mark_invalid(first + std::int64_t(row), out);
    report(kept_->params.progress, "classify", std::uint64_t(first + part.rows),
           std::uint64_t(spectra.rows));
  }
}

Prediction predict(const Context& ctx, const Model& model, const Matrix& x,
                   const PredictParams& params) {
  Prediction out;
  Predictor(ctx, model, params).predict(x, out);
  return out;
}

Prediction classify(const Context& ctx, const Model& model, const HostView& spectra,
                    const std::optional<EnergyAxis>& energy, const PredictParams& params) {
  Prediction out;
  Predictor(ctx, model, params).classify(spectra, energy, out);
  return out;
}

}  // namespace whiteline::nn
