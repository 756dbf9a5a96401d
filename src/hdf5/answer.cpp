#include "hdf5/answer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "hdf5/handle.hpp"

namespace whiteline::hdf5 {

Answer::Answer(int descriptor, const std::map<std::string, std::string>& metadata,
               std::span<const io::TensorEntry> tensors, std::uint64_t limit)
    : header_(io::safetensors_header(metadata, tensors)) {
  std::uint64_t size = header_.size();
  for (const io::TensorEntry& tensor : tensors) {
    places_.push_back(size);
    if (io::bytes_of(tensor) > limit || size > limit - io::bytes_of(tensor))
      throw Problem(
          fmt::format("it needs more than the {} MiB of memory allowed for its size", limit >> 20));
    size += io::bytes_of(tensor);
  }
  if (ftruncate(descriptor, 0) != 0 || ftruncate(descriptor, off_t(size)) != 0)
    throw Problem("there is not enough memory for it");
  void* mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (mapped == MAP_FAILED) throw Problem("there is not enough memory for it");
  begin_ = static_cast<std::byte*>(mapped);
  size_ = size;
}

Answer::~Answer() { munmap(begin_, size_); }

void Answer::finish() {
  constexpr std::size_t length = sizeof(std::uint64_t);
  std::memcpy(begin_ + length, header_.data() + length, header_.size() - length);
  std::memcpy(begin_, header_.data(), length);
}

}  // namespace whiteline::hdf5
