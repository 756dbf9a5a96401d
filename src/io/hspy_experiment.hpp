// What whiteline-hdf5 found in an HDF5 file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/array_image.hpp"
#include "io/input_file.hpp"
#include "io/json.hpp"
#include "io/memory_file.hpp"
#include "io/safetensors.hpp"

namespace whiteline::io::hspy {

struct Experiment {
  std::string name;
  std::vector<ArrayAxis> axes;  // one a dimension, slowest first; Nion Swift's says less
  Json metadata;                // `mapped_parameters` in old files; original_metadata inside
  std::string properties;       // Nion Swift's description, JSON
  std::string unsupported;      // why there are no data
  const Tensor* data = nullptr;

  // What this library wrote it as: "spectra", "labels", "truth", "probabilities"; else empty.
  std::string role() const { return text_or(metadata, "Whiteline/role", ""); }
  std::vector<float> floats() const;
  std::vector<double> doubles() const;
};

// The helper's answer and what points into it.
class Contents {
 public:
  explicit Contents(
      InputFile& file);  // runs the helper; throws FormatError, Unsupported, Cancelled

  // "hspy", "nion" or "array"
  const std::string& layout() const { return layout_; }
  const std::vector<Experiment>& experiments() const { return experiments_; }
  const Cursor& file() const { return *answer_; }  // for messages

 private:
  MemoryFile memory_;
  std::optional<Cursor> answer_;
  Safetensors tensors_;
  std::string layout_;
  std::vector<Experiment> experiments_;
};

}  // namespace whiteline::io::hspy
