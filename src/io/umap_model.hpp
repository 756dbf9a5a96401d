// Embeddings that new spectra can be put into, in a safetensors file (tensors.hpp): metadata
// `format` = "whiteline-umap", `version` = "1", `umap` = JSON; tensors `embedding` (rows x
// n_components) and `spectra` (rows x channels; 0 x 0 where the model has none).
#pragma once

#include <whiteline/umap.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

class AtomicFile;

// Throws FormatError unless the file is a whole model.
WHITELINE_EXPORT UmapModel parse_umap_model(Cursor file);

// Throws InvalidArgument for a model that does not hang together. The same model gives the same
// bytes.
void write_umap_model(AtomicFile& file, const UmapModel& model);

}  // namespace whiteline::io
