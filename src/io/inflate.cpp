#include "io/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace whiteline::io {

namespace {

constexpr int raw_deflate = -15;
constexpr int level = 4;  // counts as float32: 6 gains 1 %, costs 2x
constexpr std::uint64_t first_buffer = std::uint64_t(64) << 20;
constexpr std::uint64_t most_at_once = std::uint64_t(1) << 30;  // zlib counts in 32 bits

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, raw_deflate) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Fills `out` as far as the stream goes; true at the stream's end.
  bool fill(std::span<const std::byte>& packed, std::span<std::byte>& out) {
    while (true) {
      const auto in = packed.first(std::min<std::size_t>(packed.size(), most_at_once));
      const auto room = out.first(std::min<std::size_t>(out.size(), most_at_once));
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
      stream_.avail_in = uInt(in.size());
      stream_.next_out = reinterpret_cast<Bytef*>(room.data());
      stream_.avail_out = uInt(room.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t used = in.size() - stream_.avail_in;
      const std::size_t made = room.size() - stream_.avail_out;
      packed = packed.subspan(used);
      out = out.subspan(made);
      if (status == Z_STREAM_END) return true;
      if (status != Z_OK) failed_ = status != Z_BUF_ERROR;
      if (status != Z_OK || (used == 0 && made == 0)) return false;
    }
  }
  bool failed() const { return failed_; }

 private:
  z_stream stream_{};
  bool failed_ = false;
};

}  // namespace

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib takes a null pointer for a wish to begin
  return std::uint32_t(crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::unique_ptr<std::byte[]> inflated(std::span<const std::byte> packed, std::uint64_t size) {
  std::uint64_t capacity = std::min(size, std::max<std::uint64_t>(4 * packed.size(), first_buffer));
  // One byte more, so that a stream that holds more than `size` shows itself.
  auto bytes = std::make_unique_for_overwrite<std::byte[]>(std::size_t(capacity + 1));
  std::uint64_t done = 0;
  Inflater inflater;
  while (true) {
    std::span<std::byte> room(bytes.get() + done,
                              std::size_t(capacity + (capacity == size) - done));
    const bool ended = inflater.fill(packed, room);
    done = std::uint64_t(room.data() - bytes.get());
    if (ended) return done == size && packed.empty() ? std::move(bytes) : nullptr;
    if (inflater.failed() || !room.empty() || capacity == size) return nullptr;
    const std::uint64_t larger = std::min(size, 2 * capacity);
    auto moved = std::make_unique_for_overwrite<std::byte[]>(std::size_t(larger + 1));
    std::memcpy(moved.get(), bytes.get(), std::size_t(done));
    bytes = std::move(moved);
    capacity = larger;
  }
}

struct Deflater::Stream {
  Stream() {
    if (deflateInit2(&zlib, level, Z_DEFLATED, raw_deflate, 9, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~Stream() { deflateEnd(&zlib); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream zlib{};
  std::array<std::byte, std::size_t(1) << 18> out;
};

Deflater::Deflater(ByteSink sink) : sink_(std::move(sink)), stream_(std::make_unique<Stream>()) {}
Deflater::~Deflater() = default;

void Deflater::drain(int flush) {
  z_stream& zlib = stream_->zlib;
  int status = Z_OK;
  do {
    zlib.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
    zlib.avail_out = uInt(stream_->out.size());
    status = deflate(&zlib, flush);
    sink_(std::span(stream_->out).first(stream_->out.size() - zlib.avail_out));
  } while (zlib.avail_out == 0 || (flush == Z_FINISH && status == Z_OK));
}

void Deflater::add(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto some = bytes.first(std::min<std::size_t>(bytes.size(), most_at_once));
    stream_->zlib.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(some.data()));
    stream_->zlib.avail_in = uInt(some.size());
    drain(Z_NO_FLUSH);
    bytes = bytes.subspan(some.size());
  }
}

void Deflater::finish() { drain(Z_FINISH); }

}  // namespace whiteline::io
