// The tag tree of DigitalMicrograph files, versions 3 and 4: named and unnamed groups and values.
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

constexpr std::uint64_t largest_fact = 1 << 16;  // bytes of a value that is no mass of data

struct DmTag {
  enum class Kind { group, number, array, structure, text, other };
  Kind kind = Kind::group;
  std::string name;             // empty: known by its position
  std::vector<DmTag> children;  // of a group
  // Of a value: bytes as they lie in the file, not aligned. Of a file read as taken, those of
  // arrays above largest_fact are not in memory.
  std::span<const std::byte> data;
  std::uint64_t offset = 0;     // of `data`
  std::vector<Element> fields;  // one; a structure has several

  const DmTag* find(std::string_view path) const;  // "ImageData/Calibrations/#0"; # counts from 0
};

struct DmFile {
  int version = 3;  // or 4
  std::endian order = std::endian::little;
  DmTag root;

  std::optional<double> number(const DmTag& from, std::string_view path) const;
  // Empty when missing, or longer than largest_fact.
  std::string text(const DmTag& from, std::string_view path) const;
};

DmFile parse_dm(Cursor file);

// A float32 as it was typed, any other number as it is. Tag of Kind::number.
double number_of(const DmTag& tag, std::endian order);
std::string text_of(const DmTag& tag, std::endian order);  // arrays of uint16, and texts

}  // namespace whiteline::io
