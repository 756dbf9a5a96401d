// Files of named arrays that are described by JSON and sealed by a checksum: models, graphs. A
// safetensors file whose metadata are `format`, `version`, the JSON under a name of the format's
// own, and `sha256` of the JSON and of all tensors.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "io/cursor.hpp"
#include "io/json.hpp"
#include "io/safetensors.hpp"

namespace whiteline::io {

class AtomicFile;

template <class T>
constexpr Element element_of = std::is_same_v<T, float>          ? Element::f32
                               : std::is_same_v<T, double>       ? Element::f64
                               : std::is_same_v<T, std::int32_t> ? Element::i32
                                                                 : Element::i64;

// Refers to `numbers`.
template <class T>
Tensor tensor_of(std::string name, const std::vector<T>& numbers,
                 std::vector<std::uint64_t> shape) {
  static_assert(std::endian::native == std::endian::little);
  return {std::move(name), element_of<T>, std::move(shape), std::as_bytes(std::span(numbers)), 0};
}

// Throws FormatError where there is no such tensor, or it is of another type.
template <class T>
std::vector<T> numbers_of(const Cursor& file, const Safetensors& contents,
                          std::string_view wanted) {
  const Tensor* tensor = contents.find(wanted);
  if (!tensor) file.fail_at(8, fmt::format("there is no tensor `{}`", wanted));
  if (tensor->element != element_of<T>)
    file.fail_at(tensor->offset, fmt::format("tensor `{}` is of another type", wanted));
  std::vector<T> numbers(tensor->count());
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
  return numbers;
}

// Throws JsonProblem for what is no whole number that fits T.
template <class T>
T whole(const Json& json) {
  if (!json.is_number_integer()) throw JsonProblem("a whole number is expected");
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : std::in_range<T>(json.get<std::int64_t>());
  if (!fits) throw JsonProblem("a whole number is too large");
  return json.get<T>();
}

// What kind of file it is, and how messages call what is in it.
struct SealedFormat {
  std::string_view name;                         // "whiteline-model", its metadata `format`
  std::string_view description;                  // "model", the name of its JSON
  std::string_view first_version, last_version;  // known ones
};

struct Sealed {
  Safetensors contents;
  std::string version, description;  // the JSON
};

// Throws FormatError for another kind of file or a wrong checksum, Unsupported for another version.
Sealed parse_sealed(const Cursor& file, const SealedFormat& format);

// read(): what the JSON says; its problems, and InvalidArgument, as FormatErrors of `file`.
template <class Read>
auto described_by(const Cursor& file, const SealedFormat& format, Read&& read) {
  try {
    return read();
  } catch (const JsonProblem& problem) {
    file.fail_at(8, fmt::format("`{}` is not valid JSON: {}", format.description, problem.what()));
  } catch (const Json::exception&) {
    file.fail_at(8,
                 fmt::format("`{}` lacks a field, or one is of another type", format.description));
  } catch (const InvalidArgument& problem) {
    file.fail_at(8, fmt::format("`{}` is not valid: {}", format.description, problem.what()));
  }
}

// describe(): the JSON of what is to be kept, as text. Throws InvalidArgument for a provenance that
// is no JSON and text that is not UTF-8; `kept` is "model", for messages.
std::string description_text(std::string_view kept, const std::function<Json()>& describe);

// The same input gives the same bytes. Doubles first: all numbers are then aligned in the file.
void write_sealed(AtomicFile& file, const SealedFormat& format, std::string_view version,
                  const std::string& description, const std::vector<Tensor>& tensors);

// SHA-256 over the format's version, the JSON and the tensors' names, types, shapes and bytes,
// whatever their order.
WHITELINE_EXPORT std::string sealing_digest(std::string_view version, std::string_view description,
                                            std::vector<Tensor> tensors);

}  // namespace whiteline::io
