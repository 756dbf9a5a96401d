#include "io/safetensors.hpp"

#include <algorithm>

#include "io/json.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::io {

namespace {

constexpr std::uint64_t max_header_size = 100'000'000;
constexpr std::size_t length_bytes = 8;

SafetensorsHeader checked_header(const Cursor& file, std::string_view text) {
  try {
    return parse_safetensors_header(text);
  } catch (const JsonProblem& problem) {
    file.fail_at(length_bytes, fmt::format("the header is not valid: {}", problem.what()));
  }
}

SafetensorsHeader take_header(Cursor& file) {
  const auto length = file.little<std::uint64_t>("the header's length");
  if (length > max_header_size)
    file.fail_at(0, fmt::format("the header's length is {}, at most 100 MB are allowed", length));
  return checked_header(file, file.take_text(length, "the header"));
}

}  // namespace

const Tensor* Safetensors::find(std::string_view wanted) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const Tensor& tensor) { return tensor.name == wanted; });
  return found == tensors.end() ? nullptr : &*found;
}

Safetensors parse_safetensors(Cursor file) {
  SafetensorsHeader header = take_header(file);
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const TensorEntry& a, const TensorEntry& b) {
              return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
            });
  Safetensors contents{std::move(header.metadata), {}};
  std::uint64_t expected = 0;
  for (TensorEntry& entry : header.tensors) {
    if (entry.begin != expected)
      file.fail(fmt::format("tensor `{}` begins at byte {} of the data, not at {}", entry.name,
                            entry.begin, expected));
    const std::uint64_t bytes = bytes_of(entry);
    if (entry.end < entry.begin || entry.end - entry.begin != bytes)
      file.fail(fmt::format("shape and offsets of tensor `{}` do not agree", entry.name));
    const std::uint64_t offset = file.offset();
    const auto data = file.take(bytes, fmt::format("tensor `{}`", entry.name));
    contents.tensors.push_back(
        {std::move(entry.name), entry.element, std::move(entry.shape), data, offset});
    expected = entry.end;
  }
  if (file.left() != 0) file.fail(fmt::format("{} bytes follow the last tensor", file.left()));
  return contents;
}

std::map<std::string, std::string> safetensors_metadata(Cursor file) {
  return take_header(file).metadata;
}

}  // namespace whiteline::io
