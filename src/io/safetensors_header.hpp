// The JSON header of a safetensors file: what it says before it is checked against the file, and
// how it is written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/element.hpp"

namespace whiteline::io {

struct TensorEntry {
  std::string name;
  Element element = Element::f32;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0, end = 0;  // counted from the header's end
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> tensors;
};

// Throws JsonProblem for what is not exactly such a header. Memory in proportion to the text.
SafetensorsHeader parse_safetensors_header(std::string_view text);

// The file's beginning, with the header's length in front, for tensors that follow in this order
// (their shapes count, begin and end do not). The same input gives the same bytes; a multiple of 8.
std::string safetensors_header(const std::map<std::string, std::string>& metadata,
                               std::span<const TensorEntry> tensors);
std::uint64_t bytes_of(const TensorEntry& tensor);

std::string_view name(Element element);  // "F32"
std::optional<Element> element_named(std::string_view name);

}  // namespace whiteline::io
