// Memory for the work of one thread, kept for the next call.
#pragma once

#include <whiteline/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace whiteline::cpu {

// 64-byte aligned floats that grow and are not cleared.
class Scratch {
 public:
  // Growing loses what was written.
  float* at_least(std::int64_t size) {
    if (size > size_) {
      memory_.reset();
      size_ = 0;
      const std::size_t bytes = (std::size_t(size) * sizeof(float) + 63) / 64 * 64;
      memory_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
      if (!memory_)
        throw OutOfMemory(
            "cannot take scratch memory (the system refuses) close other "
            "programs");
      size_ = size;
    }
    return memory_.get();
  }
  const float* data() const { return memory_.get(); }
  float* data() { return memory_.get(); }

 private:
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::unique_ptr<float, Free> memory_;
  std::int64_t size_ = 0;
};

}  // namespace whiteline::cpu
