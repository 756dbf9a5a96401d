// Nion Swift's data items: arrays with a JSON description, in zip archives (.ndata, .ndata1) and
// HDF5 files (.h5).
#pragma once

#include <whiteline/spectra.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "io/byte_sink.hpp"
#include "io/format.hpp"

namespace whiteline::io {

class AtomicFile;
class ZipReader;

// The image that the description of an array of this shape makes of it, all but its counts.
// Sequences and collections are over pixels, and so are the rows of a two-dimensional spectrum
// (camera row, energy). Throws FormatError for a description that does not fit the shape.
WHITELINE_EXPORT SpectrumImage nion_image(const Cursor& file, std::string_view properties,
                                          const std::vector<std::uint64_t>& shape,
                                          const std::string& name);

bool is_ndata(const ZipReader& archive);  // has data.npy and metadata.json
WHITELINE_EXPORT FileContents read_ndata(InputFile& file);
std::vector<StoredImage> locate_ndata(InputFile& file);

// data.npy and metadata.json, as Nion Swift imports and exports them. Throws InvalidArgument for
// images with labels or truth tables, for which there is no place.
void write_ndata(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts);

}  // namespace whiteline::io
