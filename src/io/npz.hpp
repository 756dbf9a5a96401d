// Spectra, labels and maps as named arrays in one .npz.
#pragma once

#include <whiteline/io.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_sink.hpp"
#include "io/input_file.hpp"
#include "io/npy.hpp"
#include "io/zip.hpp"

namespace whiteline::io {

class AtomicFile;

// Arrays of an archive, by name, checked as they are asked for.
class NpzReader {
 public:
  explicit NpzReader(InputFile& file) : path_(file.path()), zip_(file.cursor()) {}

  struct Array {
    ZipContents contents;
    NpyArray npy;
    Cursor file;  // of the member, for messages: its path is "file.npz:member"

    std::vector<std::uint64_t> shape() const { return npy.shape; }
    std::vector<float> floats() const { return io::floats(npy, file); }
    std::vector<double> doubles() const { return io::doubles(npy, file); }
    std::vector<std::int32_t> integers() const { return io::integers(npy, file); }
    std::vector<std::string> texts() const { return io::texts(npy, file); }
    [[noreturn]] void fail(std::string_view problem) const { file.fail_at(npy.offset, problem); }
  };
  std::optional<Array> find(std::string_view name);
  // The same of a stored array, with no more than its header; none where it is compressed.
  std::optional<NpyArray> locate(std::string_view name);
  std::vector<std::string> names() const;  // without ".npy"
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  ZipReader zip_;
  std::vector<std::unique_ptr<std::string>> paths_;  // that cursors point to
};

ProbabilityMaps read_maps_npz(InputFile& file);

void write_npz(AtomicFile& file, const SpectrumImage& image, const WriteBytes& counts);
void write_npz(AtomicFile& file, const Dataset& dataset);
void write_npz(AtomicFile& file, const ProbabilityMaps& maps, const MapNumbers& numbers);

}  // namespace whiteline::io
