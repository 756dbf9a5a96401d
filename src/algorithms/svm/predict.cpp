#include <fmt/format.h>
#include <whiteline/svm.hpp>

#include <algorithm>
#include <utility>

#include "algorithms/preprocess/prepared_tile.hpp"
#include "algorithms/svm/predictor.hpp"
#include "core/upload.hpp"

namespace whiteline {

namespace {

bool takes_as_it_is(const Pipeline& pipeline) {
  return pipeline.input_channels() == 0 && pipeline.steps().empty();
}

void check_columns(const SvmModel& model, const svm::Predictor& predictor, std::int64_t columns) {
  if (columns == predictor.columns()) return;
  if (model.kernel.type == KernelType::precomputed)
    throw InvalidArgument(
        fmt::format("cannot classify rows of {} kernel values (the model has {} training rows, of "
                    "which {} are support vectors) give a value for each, or for each support "
                    "vector with `columns = support`",
                    columns, model.channels, model.support_vector_count()));
  throw InvalidArgument(
      fmt::format("cannot classify spectra of {} channels (the model was trained on {}) prepare "
                  "them as the training spectra were",
                  columns, model.channels));
}

// Raw spectra through the model's pipeline to a predictor, tile by tile.
class Classifier {
 public:
  Classifier(const Context& ctx, const SvmModel& model, const SvmPredictParams& params)
      : ctx_(ctx), model_(model), params_(params), predictor_(ctx, model, params) {}

  svm::Predictor& predictor() { return predictor_; }

  void run(const HostView& spectra, const std::optional<EnergyAxis>& energy, SvmPrediction& out) {
    predictor_.start(spectra.rows, out);
    // Spectra as they come may be longer than what the model sees of them.
    const std::int64_t longest = std::max(model_.channels, spectra.cols);
    const std::int64_t step =
        std::max<std::int64_t>(16, predictor_.rows_at_once() * model_.channels / longest);
    for (std::int64_t first = 0; first < spectra.rows; first += step) {
      const HostView part = spectra.some_rows(first, std::min(step, spectra.rows - first));
      if (takes_as_it_is(model_.pipeline))
        run_as_it_is(part, first, out);
      else
        run_prepared(part, first, energy, out);
      report(params_.progress, "classify", std::uint64_t(first + part.rows),
             std::uint64_t(spectra.rows));
    }
  }

 private:
  void run_as_it_is(const HostView& part, std::int64_t first, SvmPrediction& out) {
    check_columns(model_, predictor_, part.cols);
    const ConstMatrixView seen = core::in_place(ctx_.queue(), part);
    if (seen.data) return predictor_.run(seen, first, out);
    const MatrixView x = predictor_.room_for(part.rows);
    core::upload(ctx_.queue(), part, x, staging_);
    predictor_.run(x, first, out);
  }

  void run_prepared(const HostView& part, std::int64_t first,
                    const std::optional<EnergyAxis>& energy, SvmPrediction& out) {
    using preprocess::OnInvalid;
    const bool refuse = params_.on_invalid == SvmPredictParams::OnInvalid::refuse;
    const preprocess::PreparedTile tile = preprocess::prepare_tile(
        ctx_, model_.pipeline, part, first, energy, refuse ? OnInvalid::refuse : OnInvalid::mark);
    check_columns(model_, predictor_, tile.spectra.cols());
    predictor_.run(tile.spectra.view(), first, out);
    for (std::size_t r = 0; r < tile.invalid.size(); ++r)
      if (tile.invalid[r] >= 0)
        predictor_.mark_invalid(first + std::int64_t(r), tile.invalid[r], out);
  }

  const Context& ctx_;
  const SvmModel& model_;
  const SvmPredictParams& params_;
  svm::Predictor predictor_;
  std::vector<float> staging_;
};

void predict(svm::Predictor& predictor, const SvmModel& model, const SvmPredictParams& params,
             const Matrix& x, SvmPrediction& out) {
  check_columns(model, predictor, x.cols());
  predictor.start(x.rows(), out);
  const std::int64_t step = predictor.rows_at_once();
  for (std::int64_t first = 0; first < x.rows(); first += step) {
    const std::int64_t count = std::min(step, x.rows() - first);
    predictor.run(x.view().some_rows(first, count), first, out);
    report(params.progress, "classify", std::uint64_t(first + count), std::uint64_t(x.rows()));
  }
}

}  // namespace

SvmPrediction svm_predict(const Context& ctx, const SvmModel& model, const Matrix& x,
                          const SvmPredictParams& params) {
  svm::Predictor predictor(ctx, model, params);
  SvmPrediction out;
  predict(predictor, model, params, x, out);
  return out;
}

SvmPrediction svm_classify(const Context& ctx, const SvmModel& model, const HostView& spectra,
                           const std::optional<EnergyAxis>& energy,
                           const SvmPredictParams& params) {
  Classifier classifier(ctx, model, params);
  SvmPrediction out;
  classifier.run(spectra, energy, out);
  return out;
}

struct SvmPredictor::Kept {
  Kept(const Context& ctx, SvmModel model, SvmPredictParams params)
      : ctx(ctx),
        model(std::move(model)),
        params(std::move(params)),
        classifier(this->ctx, this->model, this->params) {}

  Context ctx;
  SvmModel model;
  SvmPredictParams params;
  Classifier classifier;
};

SvmPredictor::SvmPredictor(const Context& ctx, SvmModel model, SvmPredictParams params)
    : kept_(std::make_unique<Kept>(ctx, std::move(model), std::move(params))) {}
SvmPredictor::~SvmPredictor() = default;
SvmPredictor::SvmPredictor(SvmPredictor&& other) noexcept = default;
SvmPredictor& SvmPredictor::operator=(SvmPredictor&& other) noexcept = default;

const SvmModel& SvmPredictor::model() const { return kept_->model; }

void SvmPredictor::predict(const Matrix& x, SvmPrediction& out) {
  whiteline::predict(kept_->classifier.predictor(), kept_->model, kept_->params, x, out);
}

void SvmPredictor::classify(const HostView& spectra, const std::optional<EnergyAxis>& energy,
                            SvmPrediction& out) {
  kept_->classifier.run(spectra, energy, out);
}

}  // namespace whiteline
