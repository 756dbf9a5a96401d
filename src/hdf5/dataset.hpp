// Arrays of numbers: what they are, and their bytes on the way between a file and memory.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hdf5/handle.hpp"
#include "hdf5/rows.hpp"
#include "io/element.hpp"
#include "io/json.hpp"

namespace whiteline::hdf5 {

using io::Json;

// Adds the dataset to `arrays` and says so in `description`: `shape`, `array` (its number), `block`
// and, where its numbers lie in the file as they are, `stored`; or `unsupported`, why it is not
// read (io/hspy_protocol.hpp). Throws Problem when it cannot be told what it is.
void describe_dataset(Dataset dataset, Json& description, std::vector<Dataset>& arrays);

// Tells the caller how many bytes of how many are done.
class ProgressReport {
 public:
  ProgressReport(int descriptor, std::uint64_t total) : descriptor_(descriptor), total_(total) {}
  void add(std::uint64_t bytes);

 private:
  int descriptor_;
  std::uint64_t total_, done_ = 0;
};

// Rows [first, first + rows) as float32, or float64, of which `out` must hold as many.
void read_rows(const Dataset& dataset, std::uint64_t first, std::uint64_t rows, io::Element element,
               std::span<std::byte> out);
// All numbers, which `next(bytes)` fills in as `element`, in order: some blocks of chunks at a
// time.
void write_numbers(const Dataset& dataset, io::Element element,
                   const std::function<void(std::span<std::byte>)>& next, ProgressReport& progress);

}  // namespace whiteline::hdf5
