// Arrays of an HDF5 file, which whiteline-hdf5 reads as they are asked for.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/helper.hpp"
#include "io/input_file.hpp"
#include "io/safetensors.hpp"
#include "io/stored.hpp"

namespace whiteline::io::hspy {

// Which array, and its shape. Rows are those of the last axis, counted over all other indices.
struct ArrayPlace {
  std::uint64_t number = 0;
  std::vector<std::uint64_t> shape;
  std::uint64_t block = 1;  // rows; whole chunks lie between multiples of it
  // Where the numbers lie in the file as they are.
  std::optional<StoredCounts> stored;

  std::uint64_t length() const { return shape.back(); }  // numbers a row
  std::uint64_t count() const;                           // numbers
};

class Arrays {
 public:
  // Starts the helper. Throws FormatError, Unsupported, ReadError.
  Arrays(const InputFile& file, const Helper::StillWanted& still_wanted);
  ~Arrays();

  const std::string& layout() const { return layout_; }
  const std::string& descriptions() const { return descriptions_; }  // JSON

  // Numbers of whole rows from row `first` on, as many as fit; `name` is the array's, for messages.
  // A crash or damage is a FormatError that names the rows; the next call starts the helper again.
  // Several threads may call.
  template <class T>
  void read(const ArrayPlace& place, const std::string& name, std::uint64_t first,
            std::span<T> numbers, const Helper::StillWanted& still_wanted = {}) const;
  // All of them. Throws FormatError where the file is too small to hold as many honestly.
  template <class T>
  std::vector<T> read_all(const ArrayPlace& place, const std::string& name,
                          const Helper::StillWanted& still_wanted = {}) const;

  // Throws FormatError where the file is too small for a row of this array to be meant.
  void check_row(const ArrayPlace& place) const;

  std::uint64_t numbers_read() const { return numbers_read_; }  // so far, of all arrays

 private:
  struct Session;

  std::unique_ptr<Session> start(const Helper::StillWanted& still_wanted) const;
  Safetensors said_by(Session& session) const;
  std::span<const std::byte> fetch(const ArrayPlace& place, const std::string& name,
                                   std::uint64_t first, std::uint64_t rows, bool as_doubles,
                                   const Helper::StillWanted& still_wanted) const;

  std::string path_, file_path_, member_;
  std::uint64_t file_size_;
  std::string layout_, descriptions_;
  mutable std::atomic<std::uint64_t> numbers_read_ = 0;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Session> session_;
};

}  // namespace whiteline::io::hspy
