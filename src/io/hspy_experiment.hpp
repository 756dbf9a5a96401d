// What whiteline-hdf5 found in an .hspy file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/input_file.hpp"
#include "io/json.hpp"
#include "io/memory_file.hpp"
#include "io/safetensors.hpp"

namespace whiteline::io::hspy {

struct Axis {
  std::string name, units;
  std::uint64_t size = 0;
  double scale = 1.0, offset = 0.0;
  std::optional<bool> navigate;  // not in old files
  std::vector<double> energies;  // where the axis is a list
};

struct Experiment {
  std::string name;
  std::vector<Axis> axes;   // one a dimension, slowest first
  Json metadata;            // `mapped_parameters` in old files; original_metadata inside
  std::string unsupported;  // why there are no data
  const Tensor* data = nullptr;

  std::string role() const { return text_or(metadata, "Whiteline/role", ""); }
  std::vector<float> floats() const;
  std::vector<double> doubles() const;
};

// The helper's answer and what points into it.
class Contents {
 public:
  explicit Contents(
      InputFile& file);  // runs the helper; throws FormatError, Unsupported, Cancelled

  const std::vector<Experiment>& experiments() const { return experiments_; }
  const Cursor& file() const { return *answer_; }  // for messages

 private:
  MemoryFile memory_;
  std::optional<Cursor> answer_;
  Safetensors tensors_;
  std::vector<Experiment> experiments_;
};

}  // namespace whiteline::io::hspy
