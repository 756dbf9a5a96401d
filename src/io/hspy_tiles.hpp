// Tiles of spectra that whiteline-hdf5 unpacks.
#pragma once

#include "io/hspy_arrays.hpp"

namespace whiteline::io::hspy {

class PackedSpectra : public TileSource {
 public:
  // The array's rows are the spectra. `name` is for messages.
  PackedSpectra(std::shared_ptr<const Arrays> arrays, ArrayPlace place, std::string name)
      : arrays_(std::move(arrays)), place_(std::move(place)), name_(std::move(name)) {}

  NumberType type() const override { return NumberType::f32; }
  // As much again passes through shared memory.
  std::int64_t bytes_per_spectrum() const override { return 2 * row_bytes(); }
  // Whole chunks, so that each is unpacked once; where memory is too small, as many as it holds.
  std::int64_t tile_pixels(std::int64_t possible) const override;
  void read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const override;

 private:
  std::int64_t row_bytes() const { return std::int64_t(place_.length() * sizeof(float)); }

  std::shared_ptr<const Arrays> arrays_;
  ArrayPlace place_;
  std::string name_;
};

}  // namespace whiteline::io::hspy
