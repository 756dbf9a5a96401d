// Classifiers in safetensors files (tensors.hpp): metadata `format` = "whiteline-model", `version`
// = "1" (plain), "2" (isotonic) or "3" (precomputed kernel), `model` = JSON.
#pragma once

#include <whiteline/svm.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

class AtomicFile;

// Throws FormatError unless the file is a whole model: any damage that would change
// the model is found by its checksum.
WHITELINE_EXPORT SvmModel parse_model(Cursor file);

// Throws InvalidArgument unless sizes and numbers of the model belong together.
void check_model(const SvmModel& model);

// The same model gives the same bytes.
void write_model(AtomicFile& file, const SvmModel& model);

}  // namespace whiteline::io
