#include "cli/classifier.hpp"

#include "cli/input.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

nn::PredictParams network_params(const SvmPredictParams& params) {
  using OnInvalid = nn::PredictParams::OnInvalid;
  const bool mark = params.on_invalid == SvmPredictParams::OnInvalid::mark;
  return {params.probability, params.decision, mark ? OnInvalid::mark : OnInvalid::refuse,
          params.progress};
}

std::variant<SvmPredictor, nn::Predictor> predictor_of(const Context& ctx, const AnyModel& model,
                                                       const SvmPredictParams& params) {
  if (const auto* svm = std::get_if<SvmModel>(&model)) return SvmPredictor(ctx, *svm, params);
  return nn::Predictor(ctx, std::get<nn::Model>(model), network_params(params));
}

}  // namespace

const std::vector<std::string>& Classifier::class_names() const {
  return std::visit(
      [](const auto& model) -> const auto& { return model.class_names; }, model_);
}

const std::vector<std::int32_t>& Classifier::classes() const {
  return std::visit(
      [](const auto& model) -> const auto& { return model.classes; }, model_);
}

const Pipeline& Classifier::pipeline() const {
  return std::visit(
      [](const auto& model) -> const auto& { return model.pipeline; }, model_);
}

void Classifier::leave_out_background() {
  std::visit([](auto& model) { model.pipeline = without_background(model.pipeline); }, model_);
}

void Classifier::take_support_columns() {
  auto* svm = std::get_if<SvmModel>(&model_);
  if (!svm || svm->kernel.type != KernelType::precomputed)
    throw InvalidArgument(
        "cannot use --support-columns (the model has no precomputed kernel) leave it out");
  svm->pipeline = Pipeline();  // it prepares nothing, and counts all columns
}

const std::string& Classifier::provenance() const {
  return std::visit(
      [](const auto& model) -> const auto& { return model.provenance; }, model_);
}

std::int64_t Classifier::channels() const {
  if (const auto* svm = std::get_if<SvmModel>(&model_)) return svm->channels;
  return std::get<nn::Model>(model_).network.channels();
}

bool Classifier::gives_probabilities() const {
  const auto* svm = std::get_if<SvmModel>(&model_);
  return !svm || svm->calibrated();
}

ReadyClassifier::ReadyClassifier(const Context& ctx, const Classifier& classifier,
                                 const SvmPredictParams& params)
    : classes_(classifier.classes()), predictor_(predictor_of(ctx, classifier.model(), params)) {}

void ReadyClassifier::classify(const HostView& spectra, const std::optional<EnergyAxis>& energy,
                               Decided& out) {
  if (auto* svm = std::get_if<SvmPredictor>(&predictor_)) {
    svm->classify(spectra, energy, svm_);
    out = {as_positions(svm_.labels, classes_), svm_.probability, svm_.decision, svm_.invalid_rows};
  } else {
    std::get<nn::Predictor>(predictor_).classify(spectra, energy, network_);
    out = {as_positions(network_.labels, classes_), network_.probability, network_.logits,
           network_.invalid_rows};
  }
}

}  // namespace whiteline::cli
