// NumPy's .npy: one array with its type and shape.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/cursor.hpp"
#include "io/element.hpp"

namespace whiteline::io {

struct NpyArray {
  enum class Kind { number, utf32_text, byte_text };
  Kind kind = Kind::number;
  Element element = Element::f32;  // of numbers
  std::uint64_t item_size = 4;     // bytes
  std::endian order = std::endian::little;
  bool fortran_order = false;  // the first index is fastest
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> data;
  std::uint64_t offset = 0;  // of `data` in its file

  std::uint64_t count() const { return data.size() / item_size; }  // 0 when items are empty
};

// The array must fill the file. Throws Unsupported for Python objects, structures, complex numbers.
NpyArray parse_npy(Cursor file);

// The numbers, last index fastest.
std::vector<float> floats(const NpyArray& array, const Cursor& file);
std::vector<double> doubles(const NpyArray& array, const Cursor& file);
std::vector<std::int32_t> integers(const NpyArray& array, const Cursor& file);
// Unicode or byte strings, one an item, as UTF-8.
std::vector<std::string> texts(const NpyArray& array, const Cursor& file);

struct StoredImage;
// Height, width and places of counts, of an array of 1 to 3 dimensions that is not empty.
void set_places(const NpyArray& array, StoredImage& found);

// What stands before the data; descr like "<f4".
WHITELINE_EXPORT std::string npy_header(std::string_view descr,
                                        std::span<const std::uint64_t> shape);

}  // namespace whiteline::io
