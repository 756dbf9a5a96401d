// Messages of Protocol Buffers, written field after field (its documentation, "Encoding").
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace whiteline::io {

class ProtobufMessage {
 public:
  void whole(int field, std::int64_t value) {
    key(field, WireType::varint);
    varint(std::uint64_t(value));
  }
  void number(int field, float value) {
    key(field, WireType::fixed32);
    auto bits = std::bit_cast<std::uint32_t>(value);
    for (int byte = 0; byte < 4; ++byte, bits >>= 8) bytes_ += char(bits & 0xff);
  }
  void text(int field, std::string_view value) {
    key(field, WireType::length_delimited);
    varint(value.size());
    bytes_ += value;
  }
  void message(int field, const ProtobufMessage& value) { text(field, value.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  enum class WireType { varint = 0, length_delimited = 2, fixed32 = 5 };

  void key(int field, WireType type) { varint(std::uint64_t(field) << 3 | std::uint64_t(type)); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += char(value | 0x80);
    bytes_ += char(value);
  }

  std::string bytes_;
};

}  // namespace whiteline::io
