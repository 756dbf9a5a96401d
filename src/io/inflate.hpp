// zlib over large spans, within bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace whiteline::io {

// Deflate shrinks by at most about this factor.
constexpr std::uint64_t max_deflate_ratio = 1032;

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0);

// The `size` bytes that the raw deflate stream `packed` holds: nothing unless it is whole and holds
// exactly that many. Memory grows as bytes arrive, so a false `size` costs none.
std::unique_ptr<std::byte[]> inflated(std::span<const std::byte> packed, std::uint64_t size);

// The parts, one after another, as one raw deflate stream.
std::string deflated(std::initializer_list<std::span<const std::byte>> parts);

}  // namespace whiteline::io
