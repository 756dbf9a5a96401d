// Models as they come; and, so that the checksum does not stop the fuzzer, models whose JSON is the
// input (when it begins with a brace), around fixed tensors.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/parse.hpp"
#include "io/model.hpp"
#include "io/tensors.hpp"

namespace {

using namespace whiteline;

// A header with the checksum that belongs to this JSON.
std::string container(const std::string& text) {
  static const std::vector<std::byte> zeros(256);
  std::vector<io::Tensor> tensors;
  std::string entries;
  std::size_t at = 0;
  const auto add = [&](const char* name, io::Element element, std::vector<std::uint64_t> shape) {
    std::size_t bytes = size_of(element);
    std::string extents;
    for (const std::uint64_t extent : shape) {
      bytes *= extent;
      extents += fmt::format("{}{}", extents.empty() ? "" : ",", extent);
    }
    entries += fmt::format(R"(,"{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", name,
                           size_of(element) == 8 ? "F64" : "F32", extents, at, at + bytes);
    at += bytes;
    tensors.push_back({name, element, std::move(shape), std::span(zeros).first(bytes), 0});
  };
  // A text that names knots is of the version that has them.
  const bool isotonic = text.find("isotonic_knots") != std::string::npos;
  const std::string version = isotonic ? "2" : "1";
  add("coefficients", io::Element::f64, {1, 2});
  if (isotonic)
    add("isotonic", io::Element::f64, {3, 2});
  else
    add("platt", io::Element::f64, {1, 2});
  add("rho", io::Element::f64, {1});
  add("support_vectors", io::Element::f32, {2, 3});
  add("mean", io::Element::f32, {3});
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const std::string header = fmt::format(
      R"({{"__metadata__":{{"format":"whiteline-model","version":"{}","sha256":"{}","model":"{}"}}{}}})",
      version, io::sealing_digest(version, text, tensors), quoted, entries);
  std::string file(8, '\0');
  io::store(reinterpret_cast<std::byte*>(file.data()), std::uint64_t(header.size()),
            std::endian::little);
  return file + header + std::string(at, '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string built = input.starts_with("{") ? container(std::string(input)) : std::string();
  const auto bytes = built.empty() ? fuzz::bytes_of(data, size) : std::as_bytes(std::span(built));
  try {
    io::parse_any_model({"fuzz", bytes});
  } catch (const Error&) {
  }
  return 0;
}
