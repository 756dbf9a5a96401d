#include "io/element.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "io/cursor.hpp"

namespace whiteline::io {

namespace {

struct Half {
  std::uint16_t bits;
};

template <class Stored, class Out>
Out stored_at(const std::byte* bytes, std::endian order) {
  if constexpr (std::is_same_v<Stored, Half>)
    return Out(half_to_float(load<std::uint16_t>(bytes, order)));
  else
    return static_cast<Out>(load<Stored>(bytes, order));
}

template <class Stored, class Out>
void convert_as(std::span<const std::byte> bytes, std::endian order, std::span<Out> out) {
  if constexpr (std::is_same_v<Stored, Out>) {
    if (order == std::endian::native) {
      if (!out.empty()) std::memcpy(out.data(), bytes.data(), out.size_bytes());
      return;
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = stored_at<Stored, Out>(bytes.data() + i * sizeof(Stored), order);
}

template <class Out>
void convert(std::span<const std::byte> bytes, Element element, std::endian order,
             std::span<Out> out) {
  switch (element) {
    case Element::u8:
      return convert_as<std::uint8_t>(bytes, order, out);
    case Element::i8:
      return convert_as<std::int8_t>(bytes, order, out);
    case Element::u16:
      return convert_as<std::uint16_t>(bytes, order, out);
    case Element::i16:
      return convert_as<std::int16_t>(bytes, order, out);
    case Element::u32:
      return convert_as<std::uint32_t>(bytes, order, out);
    case Element::i32:
      return convert_as<std::int32_t>(bytes, order, out);
    case Element::u64:
      return convert_as<std::uint64_t>(bytes, order, out);
    case Element::i64:
      return convert_as<std::int64_t>(bytes, order, out);
    case Element::f16:
      return convert_as<Half>(bytes, order, out);
    case Element::f32:
      return convert_as<float>(bytes, order, out);
    case Element::f64:
      return convert_as<double>(bytes, order, out);
  }
}

}  // namespace

float half_to_float(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const float sign = bits & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 31)
    return fraction ? std::numeric_limits<float>::quiet_NaN()
                    : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0) return sign * std::ldexp(float(fraction), -24);
  return sign * std::ldexp(float(fraction + 1024), exponent - 25);
}

void to_floats(std::span<const std::byte> bytes, Element element, std::endian order,
               std::span<float> out) {
  convert(bytes, element, order, out);
}

void to_doubles(std::span<const std::byte> bytes, Element element, std::endian order,
                std::span<double> out) {
  convert(bytes, element, order, out);
}

std::optional<std::vector<std::int32_t>> to_integers(std::span<const std::byte> bytes,
                                                     Element element, std::endian order) {
  std::vector<std::int32_t> numbers;
  numbers.reserve(bytes.size() / size_of(element));
  // Numbers of 64 bits lose low bits on the way to double only where they do not fit in any case.
  for (std::size_t at = 0; at + size_of(element) <= bytes.size(); at += size_of(element)) {
    double value = 0.0;
    convert(bytes.subspan(at, size_of(element)), element, order, std::span(&value, 1));
    if (!(value >= std::numeric_limits<std::int32_t>::min() &&
          value <= std::numeric_limits<std::int32_t>::max()) ||
        value != std::floor(value))
      return std::nullopt;
    numbers.push_back(std::int32_t(value));
  }
  return numbers;
}

}  // namespace whiteline::io
