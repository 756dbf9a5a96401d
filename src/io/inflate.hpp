// zlib over large spans, within bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "io/byte_sink.hpp"

namespace whiteline::io {

// Deflate shrinks by at most about this factor.
constexpr std::uint64_t max_deflate_ratio = 1032;

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc = 0);

// The `size` bytes that the raw deflate stream `packed` holds: nothing unless it is whole and holds
// exactly that many. Memory grows as bytes arrive, so a false `size` costs none.
std::unique_ptr<std::byte[]> inflated(std::span<const std::byte> packed, std::uint64_t size);

// Makes one raw deflate stream of all that it is given; the same for any pieces.
class Deflater {
 public:
  explicit Deflater(ByteSink sink);  // takes the stream
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::span<const std::byte> bytes);
  void finish();

  // No stream of so many bytes is longer.
  static std::uint64_t bound(std::uint64_t size) { return size + size / 2048 + 64; }

 private:
  struct Stream;
  void drain(int flush);

  ByteSink sink_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace whiteline::io
