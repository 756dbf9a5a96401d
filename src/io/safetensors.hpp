// The safetensors container: a JSON header, then the tensors' bytes without gaps, little-endian,
// row-major. Models are kept in it, and the HDF5 helper answers in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/cursor.hpp"
#include "io/element.hpp"

namespace whiteline::io {

struct Tensor {
  std::string name;
  Element element = Element::f32;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> bytes;
  std::uint64_t offset = 0;  // of `bytes` in the file

  std::uint64_t count() const { return bytes.size() / size_of(element); }
};

struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;  // as they lie in the file

  const Tensor* find(std::string_view name) const;
};

// Strict: header of at most 100 MB, no key twice, known types, sizes that agree with shapes, no
// gaps, overlaps or bytes left over. Tensors point into the cursor's bytes.
WHITELINE_EXPORT Safetensors parse_safetensors(Cursor file);

// Of a file that begins as such a container does, whatever follows its header; else FormatError.
std::map<std::string, std::string> safetensors_metadata(Cursor file);

}  // namespace whiteline::io
