// Generators of spectra, in a safetensors file (tensors.hpp): metadata `format` =
// "whiteline-generator", `version` = "1", `generator` = JSON; a tensor for each table of weights,
// `NODE.ROLE`.
#pragma once

#include <whiteline/gan_file.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

// Throws FormatError unless the file is a whole generator.
WHITELINE_EXPORT Generator parse_generator(Cursor file);

}  // namespace whiteline::io
