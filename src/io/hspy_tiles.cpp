#include "io/hspy_tiles.hpp"

#include <algorithm>

namespace whiteline::io::hspy {

std::int64_t PackedSpectra::tile_pixels(std::int64_t possible) const {
  const auto block = std::int64_t(place_.block);
  if (block > possible) return possible;
  return std::clamp(most_tile_bytes / row_bytes(), block, possible) / block * block;
}

void PackedSpectra::read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const {
  tile.numbers.resize(std::size_t(count * row_bytes()));
  auto* numbers = reinterpret_cast<float*>(tile.numbers.data());
  const auto channels = std::int64_t(place_.length());
  arrays_->read(place_, name_, std::uint64_t(first),
                std::span(numbers, std::size_t(count * channels)));
  tile.first = first;
  tile.spectra = HostView(static_cast<const float*>(numbers), count, channels);
}

}  // namespace whiteline::io::hspy
