// Classifiers in safetensors files (tensors.hpp): metadata `format` = "whiteline-model", `version`
// (model_parts.hpp), `model` = JSON.
#pragma once

#include <whiteline/nn/model_file.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

class AtomicFile;
struct Sealed;

// Throws FormatError unless the file is a whole model: any damage that would change
// the model is found by its checksum.
WHITELINE_EXPORT AnyModel parse_any_model(Cursor file);
// The same, and Unsupported for a network.
WHITELINE_EXPORT SvmModel parse_model(Cursor file);
// Of a file that says that it is one.
nn::Model parse_network(const Cursor& file, const Sealed& sealed);

// Throws InvalidArgument unless sizes and numbers of the model belong together.
void check_model(const SvmModel& model);

// The same model gives the same bytes.
void write_model(AtomicFile& file, const SvmModel& model);
void write_model(AtomicFile& file, const nn::Model& model);  // one that nn::check passes

}  // namespace whiteline::io
