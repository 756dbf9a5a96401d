// Images larger than memory, from file to file, tile by tile.
#pragma once

#include <whiteline/io.hpp>
#include <whiteline/spectrum_reader.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

#include "cli/run_record.hpp"

namespace whiteline::cli {

// A reader of IN if it is an image whose counts, `copies` times as float32, do not fit into
// `memory` bytes, its file can be read and OUT written in pieces. Else none: read it as a whole.
std::optional<SpectrumReader> open_large_image(const std::filesystem::path& in,
                                               const std::filesystem::path& out,
                                               std::uint64_t memory, std::uint64_t copies,
                                               const Progress& progress);

// The counts that a tile becomes, pixel by pixel; they are asked for in ascending order.
using TileCounts = std::function<std::span<const float>(const SpectrumTile&)>;

// Writes OUT from the reader's tiles; `image` says all but the counts. Of `memory` bytes the tiles
// take a quarter. `progress` hears of pixels done.
void write_by_tiles(const std::filesystem::path& out, const SpectrumImage& image,
                    const SpectrumReader& reader, std::uint64_t memory, const TileCounts& counts,
                    bool force, const Progress& progress);

// SHA-256 of a file, or its fingerprint where reading it for that alone takes long.
void add_large_input(RunRecord& record, const std::string& role, const SpectrumReader& reader,
                     const Progress& progress);

}  // namespace whiteline::cli
