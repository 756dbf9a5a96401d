#include "io/npy.hpp"

#include <algorithm>
#include <charconv>

#include "io/npy_header.hpp"
#include "io/utf8.hpp"

namespace whiteline::io {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::uint64_t max_header_bytes = 1 << 20;
constexpr std::uint64_t most_fetched = 1 << 16;  // bytes of an array, of a file read as taken

[[noreturn]] void unsupported(const Cursor& file, std::string_view descr) {
  throw Unsupported(
      fmt::format("cannot read {} (its numbers are of NumPy type {}, not real "
                  "numbers or plain text) convert it with astype and save again",
                  file.path(), descr));
}

std::optional<Element> numpy_element(char kind, std::uint64_t size) {
  switch (kind) {
    case 'b':
      if (size == 1) return Element::u8;
      break;
    case 'u':
      if (size == 1) return Element::u8;
      if (size == 2) return Element::u16;
      if (size == 4) return Element::u32;
      if (size == 8) return Element::u64;
      break;
    case 'i':
      if (size == 1) return Element::i8;
      if (size == 2) return Element::i16;
      if (size == 4) return Element::i32;
      if (size == 8) return Element::i64;
      break;
    case 'f':
      if (size == 2) return Element::f16;
      if (size == 4) return Element::f32;
      if (size == 8) return Element::f64;
      break;
  }
  return std::nullopt;
}

// "<f4", "|S5", ">U3": byte order, kind, size (of text in characters).
void set_type(NpyArray& array, const Cursor& file, std::string_view descr) {
  if (descr.size() < 2) file.fail(fmt::format("descr `{}` is no number type", descr));
  if (std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
    file.fail(fmt::format("descr `{}` has no byte order", descr));
  array.order = descr[0] == '>' ? std::endian::big : std::endian::little;
  const char kind = descr[1];
  if (kind == 'O' || kind == 'V' || kind == 'c' || kind == 'M' || kind == 'm')
    unsupported(file, descr);
  std::uint64_t size = 0;
  const auto end = std::from_chars(descr.data() + 2, descr.data() + descr.size(), size);
  if (end.ec != std::errc() || end.ptr != descr.data() + descr.size())
    file.fail(fmt::format("descr `{}` has no size", descr));
  if (kind == 'U' || kind == 'S') {
    array.kind = kind == 'U' ? NpyArray::Kind::utf32_text : NpyArray::Kind::byte_text;
    array.item_size = kind == 'U' ? saturated_product(size, 4) : size;
    return;
  }
  const auto element = numpy_element(kind, size);
  if (!element) unsupported(file, descr);
  array.element = *element;
  array.item_size = size;
}

template <class T>
std::vector<T> in_c_order(std::vector<T> numbers, const NpyArray& array) {
  const std::size_t dimensions = array.shape.size();
  if (!array.fortran_order || dimensions < 2 || numbers.empty()) return numbers;
  std::vector<std::uint64_t> stride(dimensions, 1), index(dimensions, 0);
  for (std::size_t d = 1; d < dimensions; ++d) stride[d] = stride[d - 1] * array.shape[d - 1];
  std::vector<T> sorted(numbers.size());
  std::uint64_t from = 0;
  for (T& number : sorted) {
    number = numbers[from];
    for (std::size_t d = dimensions; d-- > 0;) {
      from += stride[d];
      if (++index[d] < array.shape[d]) break;
      from -= stride[d] * array.shape[d];
      index[d] = 0;
    }
  }
  return sorted;
}

void require_numbers(const NpyArray& array, const Cursor& file) {
  if (array.kind != NpyArray::Kind::number)
    file.fail_at(array.offset, "numbers are expected, the array holds text");
}

}  // namespace

NpyArray parse_npy(Cursor file) {
  if (file.take_text(magic.size(), "the magic number") != magic)
    file.fail_at(file.offset() - magic.size(), "it does not begin as an .npy file");
  const auto major = file.little<std::uint8_t>("the version");
  file.little<std::uint8_t>("the version");
  if (major < 1 || major > 3) file.fail(fmt::format("version {} is not known", major));
  const std::uint64_t length = major == 1 ? file.little<std::uint16_t>("the header's length")
                                          : file.little<std::uint32_t>("the header's length");
  if (length > max_header_bytes)
    file.fail(fmt::format("the header's length is {}, more than 1 MiB", length));
  NpyHeader header = parse_npy_header(file.take_part(length, "the header"));
  NpyArray array;
  set_type(array, file, header.descr);
  array.fortran_order = header.fortran_order;
  array.shape = std::move(header.shape);
  std::uint64_t count = 1;
  for (const std::uint64_t extent : array.shape) count = saturated_product(count, extent);
  if (array.item_size == 0 && count > 0)
    file.fail(fmt::format("items of descr `{}` have no bytes", header.descr));
  array.item_size = std::max<std::uint64_t>(array.item_size, 1);
  array.offset = file.offset();
  file.require_items(count, array.item_size, "the array");
  const bool in_parts = count * array.item_size > most_fetched;
  array.data = in_parts ? file.pass(count * array.item_size, "the array")
                        : file.take(count * array.item_size, "the array");
  if (file.left() != 0) file.fail(fmt::format("{} bytes follow the array", file.left()));
  return array;
}

std::vector<float> floats(const NpyArray& array, const Cursor& file) {
  require_numbers(array, file);
  std::vector<float> numbers(array.count());
  to_floats(array.data, array.element, array.order, numbers);
  return in_c_order(std::move(numbers), array);
}

std::vector<double> doubles(const NpyArray& array, const Cursor& file) {
  require_numbers(array, file);
  std::vector<double> numbers(array.count());
  to_doubles(array.data, array.element, array.order, numbers);
  return in_c_order(std::move(numbers), array);
}

std::vector<std::int32_t> integers(const NpyArray& array, const Cursor& file) {
  require_numbers(array, file);
  auto numbers = to_integers(array.data, array.element, array.order);
  if (!numbers) file.fail_at(array.offset, "a number is not whole, or needs more than 32 bits");
  return in_c_order(std::move(*numbers), array);
}

std::vector<std::string> texts(const NpyArray& array, const Cursor& file) {
  if (array.kind == NpyArray::Kind::number)
    file.fail_at(array.offset, "text is expected, the array holds numbers");
  if (array.shape.size() > 1) file.fail_at(array.offset, "a list of texts is expected");
  constexpr std::uint64_t most = 1 << 20;
  if (array.count() > most) file.fail_at(array.offset, "there are more than 2^20 texts");
  std::vector<std::string> result;
  for (std::uint64_t i = 0; i < array.count(); ++i) {
    const auto item = array.data.subspan(i * array.item_size, array.item_size);
    if (array.kind == NpyArray::Kind::byte_text) {
      result.push_back(to_utf8(as_text(item)));
      continue;
    }
    std::string text;
    for (std::size_t at = 0; at < item.size(); at += 4) {
      const auto point = load<std::uint32_t>(item.data() + at, array.order);
      if (point == 0) break;
      append_utf8(text, point);
    }
    result.push_back(std::move(text));
  }
  return result;
}

std::string npy_header(std::string_view descr, std::span<const std::uint64_t> shape) {
  std::string extents;
  for (const std::uint64_t extent : shape) extents += fmt::format("{}, ", extent);
  if (shape.size() > 1) extents.resize(extents.size() - 2);
  if (shape.size() == 1) extents.pop_back();
  std::string dictionary =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, extents);
  constexpr std::size_t before = 10;  // magic, version, length
  dictionary.append(63 - (before + dictionary.size()) % 64, ' ');
  dictionary += '\n';
  std::string header(magic);
  header += {'\1', '\0', char(dictionary.size() & 255), char(dictionary.size() >> 8)};
  return header + dictionary;
}

}  // namespace whiteline::io
