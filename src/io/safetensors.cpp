#include "io/safetensors.hpp"

#include <algorithm>

#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "io/safetensors_header.hpp"

namespace whiteline::io {

namespace {

constexpr std::uint64_t max_header = 100'000'000;
constexpr std::size_t length_bytes = 8;

SafetensorsHeader checked_header(const Cursor& file, std::string_view text) {
  try {
    return parse_safetensors_header(text);
  } catch (const JsonProblem& problem) {
    file.fail_at(length_bytes, fmt::format("the header is not valid: {}", problem.what()));
  }
}

}  // namespace

const Tensor* Safetensors::find(std::string_view wanted) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const Tensor& tensor) { return tensor.name == wanted; });
  return found == tensors.end() ? nullptr : &*found;
}

Safetensors parse_safetensors(Cursor file) {
  const auto length = file.little<std::uint64_t>("the header's length");
  if (length > max_header)
    file.fail_at(0, fmt::format("the header's length is {}, at most 100 MB are allowed", length));
  SafetensorsHeader header = checked_header(file, file.take_text(length, "the header"));
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
    std::uint64_t bytes = size_of(entry.element);
    for (const std::uint64_t extent : entry.shape) bytes = saturated_product(bytes, extent);
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

std::string safetensors_header(const std::map<std::string, std::string>& metadata,
                               std::span<const Tensor> tensors) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t begin = 0;
  for (const Tensor& tensor : tensors) {
    header[tensor.name] = {{"dtype", name(tensor.element)},
                           {"shape", tensor.shape},
                           {"data_offsets", {begin, begin + tensor.bytes.size()}}};
    begin += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string length(length_bytes, '\0');
  store(reinterpret_cast<std::byte*>(length.data()), std::uint64_t(text.size()),
        std::endian::little);
  return length + text;
}

void write_safetensors(AtomicFile& file, const std::map<std::string, std::string>& metadata,
                       std::span<const Tensor> tensors) {
  file.write(safetensors_header(metadata, tensors));
  for (const Tensor& tensor : tensors) file.write(tensor.bytes);
}

}  // namespace whiteline::io
