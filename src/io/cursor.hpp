// The one way a parser looks at bytes: forwards, never past the end. Every refusal is a FormatError
// that names the field and its offset in the file.
#pragma once

#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace whiteline::io {

// A number stored at `bytes` (any alignment) in the given byte order.
template <class T>
T load(const std::byte* bytes, std::endian order) {
  static_assert(std::is_arithmetic_v<T>);
  std::byte copy[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i)
    copy[i] = bytes[order == std::endian::native ? i : sizeof(T) - 1 - i];
  T value;
  std::memcpy(&value, copy, sizeof value);
  return value;
}

template <class T>
void store(std::byte* bytes, T value, std::endian order) {
  static_assert(std::is_arithmetic_v<T>);
  std::byte copy[sizeof(T)];
  std::memcpy(copy, &value, sizeof value);
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes[i] = copy[order == std::endian::native ? i : sizeof(T) - 1 - i];
}

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Fetches bytes of a file that are not in memory yet.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual void load(std::uint64_t offset, std::uint64_t count) = 0;
};

class Cursor {
 public:
  // `path` and `source` must outlive the cursor; `first` is the offset of bytes[0] in the file.
  // Where there is a source, it is asked for every byte before it is looked at.
  Cursor(std::string_view path, std::span<const std::byte> bytes, std::uint64_t first = 0,
         ByteSource* source = nullptr)
      : path_(path), bytes_(bytes), first_(first), source_(source) {}

  std::uint64_t offset() const { return first_ + position_; }
  std::uint64_t left() const { return bytes_.size() - position_; }
  std::uint64_t size() const { return bytes_.size(); }
  std::string_view path() const { return path_; }

  [[noreturn]] void fail(std::string_view problem) const { fail_at(offset(), problem); }
  [[noreturn]] void fail_as_a_whole(std::string_view problem) const {  // at no offset
    fail_at(FormatError::unknown_offset, problem);
  }
  [[noreturn]] void fail_at(std::uint64_t offset, std::string_view problem) const {
    throw FormatError(std::string(path_), offset, problem);
  }

  // The next `count` bytes.
  std::span<const std::byte> take(std::uint64_t count, std::string_view field) {
    const std::uint64_t begin = offset();
    const auto part = pass(count, field);
    if (source_) source_->load(begin, count);
    return part;
  }
  // The place of the next `count` bytes, which the source does not fetch.
  std::span<const std::byte> pass(std::uint64_t count, std::string_view field) {
    if (count > left()) fail(fmt::format("{} needs {} bytes, {} are left", field, count, left()));
    const auto part = bytes_.subspan(position_, std::size_t(count));
    position_ += std::size_t(count);
    return part;
  }
  // That `count` items of at least `item_size` bytes can follow: before memory is taken for them.
  void require_items(std::uint64_t count, std::uint64_t item_size, std::string_view field) const {
    if (item_size != 0 && count > left() / item_size)
      fail(fmt::format("{} says {} items of {} bytes, {} bytes are left", field, count, item_size,
                       left()));
  }
  Cursor take_part(std::uint64_t count, std::string_view field) {
    const std::uint64_t begin = offset();
    return {path_, pass(count, field), begin, source_};
  }
  std::string_view take_text(std::uint64_t count, std::string_view field) {
    return as_text(take(count, field));
  }
  template <class T>
  T read(std::endian order, std::string_view field) {
    return load<T>(take(sizeof(T), field).data(), order);
  }
  template <class T>
  T little(std::string_view field) {
    return read<T>(std::endian::little, field);
  }
  template <class T>
  T big(std::string_view field) {
    return read<T>(std::endian::big, field);
  }
  // Continues at `position`, counted from the cursor's first byte.
  void seek(std::uint64_t position, std::string_view field) {
    if (position > bytes_.size())
      fail(fmt::format("{} points to byte {}, beyond the end at {}", field, first_ + position,
                       first_ + bytes_.size()));
    position_ = std::size_t(position);
  }

 private:
  std::string_view path_;
  std::span<const std::byte> bytes_;
  std::uint64_t first_;
  ByteSource* source_;
  std::size_t position_ = 0;
};

// a * b, or the largest number when that does not fit: no file is that long.
inline std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                : product;
}

}  // namespace whiteline::io
