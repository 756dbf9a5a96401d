// Pinned host memory through which one stream's copies go, so that no host buffer is in use once
// a call is over, whatever failed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cuda/handle.hpp"

namespace whiteline::cuda {

class Staging {
 public:
  explicit Staging(cudaStream_t stream) : stream_(stream) {}

  // Enqueues; `host` may be reused on return.
  void upload(void* device, const void* host, std::size_t bytes);
  // The same for `lines` of `length` bytes that begin a step apart (host_step of either sign); what
  // lies between them on the device becomes 0.
  void upload_lines(void* device, std::int64_t device_step, const void* host,
                    std::int64_t host_step, std::int64_t lines, std::int64_t length);
  // Waits. When it throws, `host` may hold a part of the data.
  void download(void* host, const void* device, std::size_t bytes);

 private:
  struct Block {
    PinnedMemory memory;
    Event copied;          // recorded after the last copy from or to the block
    std::size_t used = 0;  // bytes from its start that copies may still use
    char* data() const { return static_cast<char*>(memory.get()); }
  };

  Block& made(std::size_t number);
  Block& block_with_room();
  void copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, const Block& block);

  cudaStream_t stream_;
  std::array<Block, 2> blocks_;  // made at first use; while one is copied the other is filled
  std::size_t current_ = 0;
};

}  // namespace whiteline::cuda
