#include "io/memory_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <whiteline/error.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace whiteline::io {

MemoryFile::MemoryFile(const char* name) {
  const int made = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (made < 0)
    throw Error(fmt::format("cannot make a file in memory ({}) close other programs",
                            std::system_category().message(errno)));
  descriptor_ = made;
}

MemoryFile::~MemoryFile() {
  if (mapped_) munmap(mapped_, size_);
  close(descriptor_);
}

std::span<std::byte> MemoryFile::grow(std::uint64_t size) {
  if (size <= size_) return {static_cast<std::byte*>(mapped_), size_};
  if (mapped_) munmap(std::exchange(mapped_, nullptr), std::exchange(size_, 0));
  fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK);
  void* mapped = MAP_FAILED;
  int failed = EINTR;  // by any signal, also one that is none of our business
  while (failed == EINTR) failed = posix_fallocate(descriptor_, 0, off_t(size));
  if (failed == 0) mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
  if (mapped == MAP_FAILED)
    throw OutOfMemory(fmt::format(
        "cannot hold {} bytes in memory (there are not as many) use smaller pieces", size));
  mapped_ = mapped;
  size_ = std::size_t(size);
  return {static_cast<std::byte*>(mapped), size_};
}

std::span<const std::byte> MemoryFile::contents() {
  if (mapped_) return {static_cast<const std::byte*>(mapped_), size_};
  fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
  struct stat info {};
  if (fstat(descriptor_, &info) != 0 || info.st_size <= 0) return {};
  void* mapped = mmap(nullptr, std::size_t(info.st_size), PROT_READ, MAP_SHARED, descriptor_, 0);
  if (mapped == MAP_FAILED) throw OutOfMemory("cannot see the answer (no address space) free some");
  mapped_ = mapped;
  size_ = std::size_t(info.st_size);
  return {static_cast<const std::byte*>(mapped_), size_};
}

}  // namespace whiteline::io
