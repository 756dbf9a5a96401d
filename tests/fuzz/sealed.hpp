// Files of zeros around a JSON text, with the checksum that belongs to them, so that it does not
// stop the fuzzer.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/parse.hpp"
#include "io/tensors.hpp"

namespace whiteline::fuzz {

struct SealedKind {
  std::string_view format, description, version;  // as io::SealedFormat calls them
  struct Zeros {
    const char* name;
    io::Element element;
    std::vector<std::uint64_t> shape;
  };
  std::vector<Zeros> tensors;  // 256 bytes at most each
};

inline std::string sealed(const SealedKind& kind, const std::string& text) {
  static const std::vector<std::byte> zeros(256);
  std::vector<io::Tensor> tensors;
  std::string entries;
  std::size_t at = 0;
  for (const auto& [name, element, shape] : kind.tensors) {
    std::size_t bytes = size_of(element);
    std::string extents;
    for (const std::uint64_t extent : shape) {
      bytes *= extent;
      extents += fmt::format("{}{}", extents.empty() ? "" : ",", extent);
    }
    const char* const type = element == io::Element::f64   ? "F64"
                             : element == io::Element::i32 ? "I32"
                                                           : "F32";
    entries += fmt::format(R"(,"{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", name,
                           type, extents, at, at + bytes);
    at += bytes;
    tensors.push_back({name, element, shape, std::span(zeros).first(bytes), 0});
  }
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const std::string header = fmt::format(
      R"({{"__metadata__":{{"format":"{}","version":"{}","sha256":"{}","{}":"{}"}}{}}})",
      kind.format, kind.version, io::sealing_digest(kind.version, text, tensors), kind.description,
      quoted, entries);
  std::string file(8, '\0');
  io::store(reinterpret_cast<std::byte*>(file.data()), std::uint64_t(header.size()),
            std::endian::little);
  return file + header + std::string(at, '\0');
}

// Reads the input as it comes or, when it begins with a brace, as the JSON of a file of this kind.
template <class Parse>
int parse_sealed(Parse parse, SealedKind (*kind)(std::string_view text), const std::uint8_t* data,
                 std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string built =
      input.starts_with("{") ? sealed(kind(input), std::string(input)) : std::string();
  try {
    parse({"fuzz", built.empty() ? bytes_of(data, size) : std::as_bytes(std::span(built))});
  } catch (const Error&) {
  }
  return 0;
}

}  // namespace whiteline::fuzz
