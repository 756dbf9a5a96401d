// An anonymous file in memory, shared with a helper program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace whiteline::io {

class MemoryFile {
 public:
  explicit MemoryFile(const char* name);  // throws Error
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }
  // At least so many bytes, mapped; nobody can shorten it any more. Throws OutOfMemory.
  std::span<std::byte> grow(std::uint64_t size);
  std::span<const std::byte> contents();  // as it is now; nobody can change its size any more

 private:
  int descriptor_ = -1;
  void* mapped_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace whiteline::io
