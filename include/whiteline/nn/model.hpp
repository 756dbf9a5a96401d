// Trained networks as classifiers: what a model file holds, and what it says of spectra.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <whiteline/nn/network.hpp>
#include <whiteline/preprocess.hpp>
#include <whiteline/progress.hpp>

namespace whiteline::nn {

// A trained classifier: plain data, on the host.
struct Model {
  Network network{1};
  Weights weights;
  std::vector<std::string> class_names;  // one a class, in the order of `classes`
  std::vector<std::int32_t> classes;     // labels, ascending; class c of the network is classes[c]
  Pipeline pipeline;                     // from raw spectra to what the network takes
  std::string provenance = "{}";         // JSON: parameters, seed, versions, source of the data
};

// Throws InvalidArgument unless the parts of the model belong together and are finite.
WHITELINE_EXPORT void check(const Model& model);

struct PredictParams {
  bool probability = true;
  bool logits = false;
  enum class OnInvalid {
    refuse,  // a spectrum with NaN or infinity: InvalidArgument
    mark,    // label no_label, probabilities and logits NaN; counted
  } on_invalid = OnInvalid::refuse;
  Progress progress = {};  // stage "classify", of spectra
};

struct Prediction {
  std::vector<std::int32_t> labels;  // of the largest logit, the first of equal ones; of a single
                                     // output the second class where it is above 0
  std::vector<float> probability;    // rows x classes, each row sums to 1
  std::vector<float> logits;         // rows x outputs
  std::int64_t invalid_rows = 0;
};

// Classifies x (rows x channels, prepared as the training rows were).
WHITELINE_EXPORT Prediction predict(const Context& ctx, const Model& model, const Matrix& x,
                                    const PredictParams& params = {});

// Prepares raw spectra by the model's pipeline and classifies them, tile by tile, within the
// context's memory limit. `energy` is the axis of `spectra`.
WHITELINE_EXPORT Prediction classify(const Context& ctx, const Model& model,
                                     const HostView& spectra,
                                     const std::optional<EnergyAxis>& energy,
                                     const PredictParams& params = {});

// A model kept ready on a device, for callers that classify again and again. One thread at a time,
// which is that of the context.
class WHITELINE_EXPORT Predictor {
 public:
  // Throws InvalidArgument for a damaged model.
  Predictor(const Context& ctx, Model model, PredictParams params = {});
  ~Predictor();
  Predictor(Predictor&& other) noexcept;
  Predictor& operator=(Predictor&& other) noexcept;

  const Model& model() const;

  // As predict and classify, into `out`, whose memory is used again.
  void predict(const Matrix& x, Prediction& out);
  void classify(const HostView& spectra, const std::optional<EnergyAxis>& energy, Prediction& out);

 private:
  struct Kept;
  std::unique_ptr<Kept> kept_;
};

}  // namespace whiteline::nn
