// A trained classifier of any kind, as the verbs see it.
#pragma once

#include <whiteline/nn/model_file.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace whiteline::cli {

class Classifier {
 public:
  explicit Classifier(AnyModel model) : model_(std::move(model)) {}

  const AnyModel& model() const { return model_; }
  const std::vector<std::string>& class_names() const;
  const std::vector<std::int32_t>& classes() const;  // labels, ascending
  const Pipeline& pipeline() const;
  void leave_out_background();
  // Rows to come are kernel values with the support vectors. InvalidArgument: the kernel is not
  // precomputed.
  void take_support_columns();
  const std::string& provenance() const;
  std::int64_t channels() const;  // of prepared spectra
  bool gives_probabilities() const;

 private:
  AnyModel model_;
};

// What it says of spectra.
struct Decided {
  std::vector<std::int32_t> labels;  // positions of classes, or no_label
  std::vector<float> probabilities;  // spectra x classes; empty: not asked for, or it gives none
  std::vector<float> decisions;      // as SvmPrediction::decision; of a network the logits
  std::int64_t invalid = 0;          // spectra that hold NaN or infinity
};

// A classifier ready on a device. Of a network only probability, decision, on_invalid and progress
// of the parameters are of effect.
class ReadyClassifier {
 public:
  ReadyClassifier(const Context& ctx, const Classifier& classifier, const SvmPredictParams& params);

  void classify(const HostView& spectra, const std::optional<EnergyAxis>& energy, Decided& out);

 private:
  std::vector<std::int32_t> classes_;
  std::variant<SvmPredictor, nn::Predictor> predictor_;
  SvmPrediction svm_;
  nn::Prediction network_;
};

}  // namespace whiteline::cli
