// The container the caller gets, in its memory file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/safetensors_header.hpp"

namespace whiteline::hdf5 {

class Answer {
 public:
  // Sizes the memory file for the tensors, whose data are filled in later. Throws Problem when
  // more than `limit` bytes are needed.
  Answer(int descriptor, const std::map<std::string, std::string>& metadata,
         std::span<const io::TensorEntry> tensors, std::uint64_t limit);
  ~Answer();
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  std::byte* data(std::size_t tensor) { return begin_ + places_[tensor]; }
  void finish();  // writes the header's length: from now on it is a container

 private:
  std::byte* begin_ = nullptr;
  std::uint64_t size_ = 0;
  std::string header_;
  std::vector<std::uint64_t> places_;
};

}  // namespace whiteline::hdf5
