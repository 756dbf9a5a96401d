// Spectra of files larger than memory: what a file holds at once, its counts in tiles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>

namespace whiteline {

// The spectra of a labelled set as an image of height 1. A set without an energy axis gets channel
// numbers.
WHITELINE_EXPORT SpectrumImage table_image(Dataset&& set);

// Consecutive spectra of an image, one a row; pixels are counted row by row. The memory is used
// again by the next call that is given the tile.
struct SpectrumTile {
  std::int64_t first = 0;    // pixel
  HostView spectra;          // in `numbers`, or in the reader's memory
  std::vector<double> sums;  // of counts, one a spectrum, where TileRun asks for them
  std::vector<std::byte> numbers, scratch;
};

// Row `row` of host numbers as float32, of which there must be as many as columns.
WHITELINE_EXPORT void to_floats(const HostView& numbers, std::int64_t row, std::span<float> out);

// Opens the image of a file as read_spectrum_image does, with the same checks and errors, or the
// spectra of a labelled set as an image of height 1. Counts are read as they are asked for, in
// their own number type, from .dm3, .dm4, .npy, stored (uncompressed) arrays of an .npz and
// contiguous arrays of HDF5 files (.hspy, Nion's .h5, FILE.h5::/path), in any order of axes, and as
// float32 from other arrays of HDF5 files where energy is the last axis; files of other kinds are held in
// memory. Chunks are unpacked by whiteline-hdf5, a process that runs as long as the reader is
// there: its crashes, and damaged chunks, are a FormatError of that read. The file is read, not
// mapped: one that is cut short meanwhile is a FormatError. Checksums of an .npz's spectra are not
// compared.
class WHITELINE_EXPORT SpectrumReader {
 public:
  explicit SpectrumReader(const std::filesystem::path& path, const Progress& progress = {});
  ~SpectrumReader();
  SpectrumReader(SpectrumReader&& other) noexcept;
  SpectrumReader& operator=(SpectrumReader&& other) noexcept;

  const std::filesystem::path& path() const;
  const std::string& format() const;         // as FileContents::format
  const SpectrumImage& description() const;  // without counts and truth tables
  bool is_table() const;                     // rows of a set, .npy or .npz, not pixels
  bool in_memory() const;                    // the counts were read as a whole
  NumberType type() const;                   // of the counts in tiles
  // Memory for each spectrum of a tile.
  std::int64_t bytes_per_spectrum() const;
  // Pixels that a tile should have for `memory` bytes to suffice for two of them: at least 1, and
  // no more than is of use.
  std::int64_t tile_pixels(std::uint64_t memory) const;
  std::uint64_t file_bytes() const;
  // SHA-256 of the file's length and of 64 pieces of it, evenly spread: tells files apart without
  // reading all of a large one. 64 hexadecimal digits.
  std::string fingerprint() const;

  // Pixels [first, first + count). Throws InvalidArgument for pixels that there are not, and as
  // reading does. Several threads may read into tiles of their own at once.
  void read(std::int64_t first, std::int64_t count, SpectrumTile& tile) const;
  // All of it; the reader is of no use afterwards.
  SpectrumImage read_all() &&;

 private:
  struct Source;
  std::unique_ptr<Source> source_;
};

// Pixels from `first` to before `end` in tiles that begin and end at multiples of `tile_pixels`;
// the first and the last may have fewer.
struct TileRun {
  std::int64_t first = 0, end = 0, tile_pixels = 1;
  bool sums = false;  // as sums_of_counts() makes them; NaN and infinity then are InvalidArgument
};
// Calls work(tile) for the tiles in ascending order, while another thread reads the next. An
// exception of the reader or of `work` ends the run and is thrown again.
WHITELINE_EXPORT void for_each_tile(const SpectrumReader& reader, const TileRun& run,
                                    const std::function<void(const SpectrumTile&)>& work);

}  // namespace whiteline
