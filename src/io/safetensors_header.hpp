// What a safetensors header says, before it is checked against the file.
#pragma once

#include <cstdint>
#include <map>
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

std::string_view name(Element element);  // "F32"

}  // namespace whiteline::io
