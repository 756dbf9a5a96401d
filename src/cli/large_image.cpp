#include "cli/large_image.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "cli/files.hpp"
#include "cli/input.hpp"

namespace whiteline::cli {

namespace {

constexpr std::uint64_t most_hashed = std::uint64_t(64) << 20;  // bytes of an input
// A file of less than this part of the memory is read as a whole, however well it is packed.
constexpr std::uint64_t least_part = 64;

bool is_written_in_pieces(const std::filesystem::path& out) {
  constexpr std::array<std::string_view, 3> suffixes = {".hspy", ".npz", ".ndata"};
  const std::string suffix = out.extension().string();
  return std::find(suffixes.begin(), suffixes.end(), suffix) != suffixes.end();
}

}  // namespace

std::optional<SpectrumReader> open_large_image(const std::filesystem::path& in,
                                               const std::filesystem::path& out,
                                               std::uint64_t memory, std::uint64_t copies,
                                               const Progress& progress) {
  std::error_code missing;  // read_input() says it better
  const std::uint64_t bytes = std::filesystem::file_size(file_of(in), missing);
  if (missing || bytes < memory / least_part || !is_written_in_pieces(out)) return std::nullopt;
  SpectrumReader reader = open_spectra(in, progress);
  const SpectrumImage& image = reader.description();
  const double counts = double(image.pixels()) * double(image.energy.size) * sizeof(float);
  if (reader.in_memory() || reader.is_table() || double(copies) * counts < double(memory))
    return std::nullopt;
  return reader;
}

void write_by_tiles(const std::filesystem::path& out, const SpectrumImage& image,
                    const SpectrumReader& reader, std::uint64_t memory, const TileCounts& counts,
                    bool force, const Progress& progress) {
  const std::int64_t pixels = image.pixels();
  const NumberSource<float> source = [&](const NumberSink<float>& sink) {
    for_each_tile(reader, {0, pixels, reader.tile_pixels(memory / 4)},
                  [&](const SpectrumTile& tile) {
                    sink(counts(tile));
                    report(progress, "write", std::uint64_t(tile.first + tile.spectra.rows),
                           std::uint64_t(pixels));
                  });
  };
  write_spectrum_image(out, image, source, overwrite_if(force));
}

void add_large_input(RunRecord& record, const std::string& role, const SpectrumReader& reader,
                     const Progress& progress) {
  if (reader.file_bytes() <= most_hashed)
    record.add_input(role, reader.path(), progress);
  else
    record.add_input(role, reader.path(), reader.fingerprint());
}

}  // namespace whiteline::cli
