// Classifiers of any kind in files: networks beside support vector models (io.hpp).
#pragma once

#include <filesystem>
#include <variant>

#include <whiteline/io.hpp>
#include <whiteline/nn/model.hpp>

namespace whiteline {

using AnyModel = std::variant<SvmModel, nn::Model>;

// As read_model, which knows support vector models alone: it says Unsupported of a network.
WHITELINE_EXPORT AnyModel read_any_model(const std::filesystem::path& path);

WHITELINE_EXPORT void write_model(const std::filesystem::path& path, const nn::Model& model,
                                  Overwrite overwrite = Overwrite::refuse);

// For other programs: ONNX, opset 13. Input `spectra` (rows x channels, F32); outputs `labels`
// (I64, as Model::classes), `probabilities` and `logits`, as Predictor gives them to within
// rounding. The graph prepares raw spectra on the model's axis where the preparation is windows,
// sums of channels and norms alone; else it takes prepared spectra. Metadata: `spectra` ("raw" or
// "prepared"), and as JSON `class_names`, `energy_axis` of the input, `pipeline`, `provenance`.
// Throws Unsupported for layers of generators.
WHITELINE_EXPORT void write_onnx_model(const std::filesystem::path& path, const nn::Model& model,
                                       Overwrite overwrite = Overwrite::refuse);
WHITELINE_EXPORT bool onnx_takes_raw_spectra(const nn::Model& model);

}  // namespace whiteline
