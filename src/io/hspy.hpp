// HyperSpy's .hspy: HDF5, read and written by whiteline-hdf5 in another process.
#pragma once

#include <whiteline/io.hpp>

#include "io/format.hpp"

namespace whiteline::io {

class AtomicFile;

bool is_hdf5(std::span<const std::byte> head);

WHITELINE_EXPORT FileContents read_hspy(InputFile& file);
ProbabilityMaps read_maps_hspy(InputFile& file);

// Experiment <title> (y, x, E); labels, probabilities and truth tables are further experiments,
// marked by metadata/Whiteline@role.
void write_hspy(AtomicFile& file, const SpectrumImage& image);
void write_hspy(AtomicFile& file, const ProbabilityMaps& maps);

// The spectra pixel by pixel, whatever their order.
void copy_pixel_major(const SpectrumImage& image, std::span<float> counts);

}  // namespace whiteline::io
