// What whiteline-hdf5 found in an HDF5 file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/array_image.hpp"
#include "io/hspy_arrays.hpp"
#include "io/input_file.hpp"
#include "io/json.hpp"

namespace whiteline::io::hspy {

struct Experiment {
  std::string name;
  std::vector<ArrayAxis> axes;  // one a dimension, slowest first; Nion Swift's says less
  Json metadata;                // `mapped_parameters` in old files; original_metadata inside
  std::string properties;       // Nion Swift's description, JSON
  std::string unsupported;      // why there are no data
  std::optional<ArrayPlace> data;

  // What this library wrote it as: "spectra", "labels", "truth", "probabilities"; else empty.
  std::string role() const { return text_or(metadata, "Whiteline/role", ""); }
};

// What the file holds, and the helper that reads it.
class Contents {
 public:
  // Runs the helper; throws FormatError, Unsupported, Cancelled. `file` must outlive this, but not
  // its arrays.
  explicit Contents(InputFile& file);

  // "hspy", "nion" or "array"
  const std::string& layout() const { return arrays_->layout(); }
  const std::vector<Experiment>& experiments() const { return experiments_; }
  const Cursor& file() const { return cursor_; }  // for messages
  const std::shared_ptr<const Arrays>& arrays() const { return arrays_; }

  // All numbers of the experiment's data. They throw as the constructor does.
  std::vector<float> floats(const Experiment& experiment) const;
  std::vector<double> doubles(const Experiment& experiment) const;

 private:
  InputFile& file_;
  Cursor cursor_;
  std::shared_ptr<const Arrays> arrays_;
  std::vector<Experiment> experiments_;
  std::uint64_t numbers_ = 0;  // of all experiments
};

}  // namespace whiteline::io::hspy
