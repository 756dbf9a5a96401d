// From an array with one axis a dimension to a spectrum image.
#pragma once

#include <whiteline/spectra.hpp>

#include <optional>
#include <string>
#include <vector>

#include "io/cursor.hpp"
#include "io/json.hpp"

namespace whiteline::io {

struct ArrayAxis {
  std::string name, units;
  std::uint64_t size = 0;
  double scale = 1.0, offset = 0.0;  // value = offset + scale * i
  std::optional<bool> navigate;      // over pixels; the last axis is energy where none says it
  std::vector<double> values;        // where the axis is a list
  bool is_formula = false;           // values that nobody has worked out
};

// The image of an array with these axes (slowest first), all but its counts, whose order is the
// array's. Of more than two axes over pixels all but the last become one: their rows follow each
// other, and Whiteline/navigation_shape of the metadata says how many. Two energy-free axes alone
// are a picture, of one channel. Throws Unsupported for other shapes and for axes that are no
// uniform energies.
SpectrumImage image_of_axes(const Cursor& file, const std::vector<ArrayAxis>& axes, Json metadata,
                            const std::string& title);

}  // namespace whiteline::io
