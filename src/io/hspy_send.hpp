// New experiments on their way to whiteline-hdf5, which writes them.
#pragma once

#include <whiteline/progress.hpp>

#include <vector>

#include "io/byte_sink.hpp"
#include "io/json.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::io {

class AtomicFile;

// One array with axes and metadata.
struct NewExperiment {
  Json description;  // name, axes, metadata, original_metadata
  TensorEntry tensor;
  WriteBytes write;  // its numbers
};

// Writes an .hspy; memory does not grow with the arrays. Throws Error, Unsupported, Cancelled, and
// what an array's `write` does.
void send_experiments(AtomicFile& file, std::vector<NewExperiment> experiments,
                      const Progress& progress);

}  // namespace whiteline::io
