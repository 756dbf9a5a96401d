// The number types that files hold, and their way to ours.
#pragma once

#include <whiteline/error.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace whiteline::io {

enum class Element : std::uint8_t { u8, i8, u16, i16, u32, i32, u64, i64, f16, f32, f64 };

constexpr std::size_t size_of(Element element) {
  constexpr std::size_t sizes[] = {1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8};
  return sizes[static_cast<int>(element)];
}
constexpr bool is_real(Element element) { return element >= Element::f16; }

// out.size() numbers at `bytes` (any alignment, at least out.size() * size_of(element) bytes).
void to_floats(std::span<const std::byte> bytes, Element element, std::endian order,
               std::span<float> out);
void to_doubles(std::span<const std::byte> bytes, Element element, std::endian order,
                std::span<double> out);
// The same as whole numbers; nothing when one is no whole number or does not fit.
std::optional<std::vector<std::int32_t>> to_integers(std::span<const std::byte> bytes,
                                                     Element element, std::endian order);

WHITELINE_EXPORT float half_to_float(std::uint16_t bits);

}  // namespace whiteline::io
