// HyperSpy's .hspy and other HDF5 files, read and written by whiteline-hdf5 in another process.
#pragma once

#include <whiteline/io.hpp>

#include "io/byte_sink.hpp"
#include "io/format.hpp"

namespace whiteline::io {

class AtomicFile;

bool is_hdf5(std::span<const std::byte> head);

// HyperSpy's experiments, Nion Swift's data items, or the array that file.member() names.
WHITELINE_EXPORT FileContents read_hdf5(InputFile& file);
std::vector<StoredImage> locate_hdf5(InputFile& file);
ProbabilityMaps read_maps_hspy(InputFile& file);

// Experiment <title> (y, x, E); labels, probabilities and truth tables are further experiments,
// marked by metadata/Whiteline@role.
// `progress` hears of bytes (stage "write") and can cancel.
// `counts`: of the image, pixel by pixel.
void write_hspy(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts,
                const Progress& progress);
void write_hspy(AtomicFile& file, const ProbabilityMaps& maps, const MapNumbers& numbers,
                const Progress& progress);

}  // namespace whiteline::io
