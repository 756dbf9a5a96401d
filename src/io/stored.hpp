// Counts of spectrum images that stay in their file: as one block of numbers, in any order of axes,
// or packed.
#pragma once

#include <whiteline/spectrum_reader.hpp>

#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>

#include "io/element.hpp"
#include "io/input_file.hpp"

namespace whiteline::io {

// Number (y, x, channel) lies y * y_step + x * x_step + channel * channel_step numbers after
// `offset`, which need not be aligned.
struct StoredCounts {
  Element element = Element::f32;
  std::endian order = std::endian::little;
  std::uint64_t offset = 0;  // bytes from the file's start
  std::int64_t channel_step = 1, x_step = 1, y_step = 1;
};

// Reads tiles of an image's spectra, pixel by pixel, in the machine's byte order.
class TileSource {
 public:
  virtual ~TileSource() = default;

  virtual NumberType type() const = 0;
  virtual std::int64_t bytes_per_spectrum() const = 0;  // of memory that a tile takes
  // Pixels of a tile when there is memory for `possible`, at least 1: no more than is of use.
  virtual std::int64_t tile_pixels(std::int64_t possible) const = 0;
  // Several threads may read at once.
  virtual void read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const = 0;
};

// Larger tiles bring nothing where spectra lie one after another, but fewer calls.
constexpr std::int64_t most_tile_bytes = std::int64_t(64) << 20;

// An image without its counts, and where these are. `image.order` is energy_major only where they
// lie so: x_step is 1, y_step the width, channel_step the pixels.
struct StoredImage {
  SpectrumImage image;
  StoredCounts counts;
  // Who reads the counts where they are no block in the file; `counts` says nothing then.
  std::shared_ptr<const TileSource> tiles;
  bool as_a_whole = false;  // only with the whole file
  std::string_view format;  // FileContents::format, where the table of formats says another
};

// The image with its counts, from a file that is loaded as a whole.
SpectrumImage filled(StoredImage found, InputFile& file);

// Numbers as the device takes them: those of 64 bits and of half precision become float32.
NumberType type_in_memory(Element element);

// The float32 numbers of `view`, row after row.
void to_rows(const HostView& view, float* out);

class StoredSpectra : public TileSource {
 public:
  // `file` must outlive this.
  StoredSpectra(const InputFile& file, const StoredImage& found);

  NumberType type() const override { return type_in_memory(counts_.element); }
  std::int64_t bytes_per_spectrum() const override;
  std::int64_t tile_pixels(std::int64_t possible) const override;
  void read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const override;

 private:
  // Do the spectra of consecutive pixels lie apart, so that large tiles are read faster?
  bool scattered() const { return counts_.channel_step > counts_.x_step; }
  void read_row(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                std::byte* out) const;
  void read_strips(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                   std::byte* out) const;
  void read_spectra(std::int64_t first_number, std::int64_t count, SpectrumTile& tile,
                    std::byte* out) const;
  void fetch(std::int64_t first_number, std::int64_t numbers, std::byte* to) const;

  const InputFile& file_;
  StoredCounts counts_;
  std::int64_t width_, channels_;
};

}  // namespace whiteline::io
