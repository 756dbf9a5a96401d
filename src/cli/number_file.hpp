// A file of numbers that is written in place, piece by piece.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace whiteline::cli {

class NumberFile {
 public:
  enum class Use { read, write };  // writing makes the file where there is none
  NumberFile(std::filesystem::path path, Use use);
  ~NumberFile();
  NumberFile(NumberFile&& other) noexcept;
  NumberFile& operator=(NumberFile&& other) noexcept;

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const;         // bytes
  void reserve(std::uint64_t bytes);  // takes the disk space, all of it
  void truncate(std::uint64_t bytes);
  bool lock();  // false: another process holds the lock
  void sync();  // what was written survives a power cut
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void write(std::uint64_t offset, std::string_view text) {
    write(offset, std::as_bytes(std::span(text)));
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

  template <class T>
  void write_numbers(std::uint64_t index, std::span<const T> numbers) {
    write(index * sizeof(T), std::as_bytes(numbers));
  }
  template <class T>
  void read_numbers(std::uint64_t index, std::span<T> numbers) const {
    read(index * sizeof(T), std::as_writable_bytes(numbers));
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace whiteline::cli
