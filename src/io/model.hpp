// Classifiers in safetensors files: metadata `format` = "whiteline-model", `version` = "1"
// (plain), "2" (isotonic) or "3" (precomputed kernel),
// `model` = JSON, `sha256` of the JSON and of all tensors.
#pragma once

#include <whiteline/svm.hpp>

#include "io/cursor.hpp"
#include "io/safetensors.hpp"

namespace whiteline::io {

class AtomicFile;

// Throws FormatError unless the file is a whole model: any damage that would change
// the model is found by its checksum.
WHITELINE_EXPORT SvmModel parse_model(Cursor file);

// SHA-256 over the format's version, the JSON and the tensors' names, types, shapes and bytes,
// whatever their order.
WHITELINE_EXPORT std::string model_digest(std::string_view version, std::string_view model,
                                          std::vector<Tensor> tensors);

// Throws InvalidArgument unless sizes and numbers of the model belong together.
void check_model(const SvmModel& model);

// The same model gives the same bytes.
void write_model(AtomicFile& file, const SvmModel& model);

}  // namespace whiteline::io
