// Owns one thing that CUDA hands out.
#pragma once

#include <utility>

#include "cuda/check.hpp"

namespace whiteline::cuda {

// T is a pointer type whose null means "none"; `destroy` is the CUDA call that gives it back.
template <class T, auto destroy>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T value) : value_(value) {}
  ~Handle() {
    if (value_) ignore(destroy(value_));
  }
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, T{})) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }

  T get() const { return value_; }
  explicit operator bool() const { return value_ != T{}; }

 private:
  T value_{};
};

using Stream = Handle<cudaStream_t, cudaStreamDestroy>;
using Event = Handle<cudaEvent_t, cudaEventDestroy>;
using Graph = Handle<cudaGraph_t, cudaGraphDestroy>;
using GraphExec = Handle<cudaGraphExec_t, cudaGraphExecDestroy>;
using MemoryPool = Handle<cudaMemPool_t, cudaMemPoolDestroy>;
using PinnedMemory = Handle<void*, cudaFreeHost>;

}  // namespace whiteline::cuda
