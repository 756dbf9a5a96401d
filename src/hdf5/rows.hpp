// An array as rows of its last axis, counted over all other indices (the last but one fastest).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hdf5/handle.hpp"

namespace whiteline::hdf5 {

using Extents = std::vector<hsize_t>;

// A part of an array, in the file and as numbers in a row in memory.
struct Box {
  Space file, memory;
  std::uint64_t begin = 0;  // in memory, in numbers
};

class Rows {
 public:
  explicit Rows(const Dataset& dataset);  // throws Problem when HDF5 cannot tell its shape

  std::uint64_t count() const;                            // rows
  std::uint64_t length() const { return shape_.back(); }  // numbers a row
  // Rows; a part of the array that begins and ends at multiples of it takes whole chunks. 1 where
  // there are no chunks.
  std::uint64_t block() const;
  // Rows [first, first + rows) as boxes, in order.
  void for_each_box(std::uint64_t first, std::uint64_t rows,
                    const std::function<void(const Box&)>& visit) const;

 private:
  Space whole_;
  Extents shape_, chunk_;
};

}  // namespace whiteline::hdf5
