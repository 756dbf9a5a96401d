// Arrays of numbers: what they are, where their bytes go, and how far the work is.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hdf5/handle.hpp"
#include "io/json.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

using io::Json;
using Extents = std::vector<hsize_t>;

// A dataset whose numbers will be asked for once all sizes are known.
struct Pending {
  Dataset dataset;
  io::TensorEntry tensor;
};

// Adds the dataset to `pending` and says so in `description`: `shape` and `tensor`, or
// `unsupported`, why it is not read. Throws Problem when it cannot be told what it is.
void describe_dataset(Dataset dataset, Json& description, std::vector<Pending>& pending);

// Tells the caller how many bytes of how many are done.
class ProgressReport {
 public:
  ProgressReport(int descriptor, std::uint64_t total) : descriptor_(descriptor), total_(total) {}
  void add(std::uint64_t bytes);

 private:
  int descriptor_;
  std::uint64_t total_, done_ = 0;
};

// Numbers of the dataset, last index fastest, between a file and memory: some rows at a time, whole
// chunks each.
void read_numbers(const Dataset& dataset, const io::TensorEntry& tensor, std::byte* out,
                  ProgressReport& progress);
void write_numbers(const Dataset& dataset, hid_t memory_type, std::size_t item,
                   const std::byte* numbers, ProgressReport& progress);

}  // namespace whiteline::hdf5
