// Memory for the work of one thread, kept for the next call.
#pragma once

#include <whiteline/error.hpp>

#include <cstdint>
#include <memory>

#include "cpu/blocks.hpp"

namespace whiteline::cpu {

// 64-byte aligned numbers that grow and are not cleared.
template <class T>
class ScratchOf {
 public:
  // Growing loses what was written.
  T* at_least(std::int64_t size) {
    if (size > size_) {
      memory_.reset();
      size_ = 0;
      memory_.reset(static_cast<T*>(take_block(block_size(std::size_t(size) * sizeof(T)))));
      if (!memory_)
        throw OutOfMemory(
            "cannot take scratch memory (the system refuses) close other "
            "programs");
      size_ = size;
    }
    return memory_.get();
  }
  const T* data() const { return memory_.get(); }
  T* data() { return memory_.get(); }

 private:
  std::unique_ptr<T, FreeBlock> memory_;
  std::int64_t size_ = 0;
};
using Scratch = ScratchOf<float>;

}  // namespace whiteline::cpu
