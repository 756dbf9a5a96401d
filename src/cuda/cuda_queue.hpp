// One CUDA stream of one GPU, and the memory that its work uses.
#pragma once

#include <cstdint>

#include "core/ops/ops.hpp"
#include "cuda/handle.hpp"
#include "cuda/staging.hpp"

namespace whiteline::cuda {

class CudaQueue final : public core::Queue {
 public:
  CudaQueue(int number, DeviceInfo info, const ContextOptions& options);
  ~CudaQueue() override;

  // For the op families, which enqueue on it. Makes the queue's GPU the calling thread's.
  cudaStream_t stream();
  int multiprocessors() const { return multiprocessors_; }

  const DeviceInfo& device() const override { return info_; }
  const core::Ops& ops() const override { return ops_; }
  std::shared_ptr<core::Queue> fork() const override;
  int threads() const override { return 1; }
  std::uint64_t memory_limit() const override;

  void* allocate(std::size_t bytes) override;
  void release(void* address, std::size_t bytes) noexcept override;
  void upload(void* device, const void* host, std::size_t bytes) override;
  bool load(const HostView& host, MatrixView to) override;
  void download(void* host, const void* device, std::size_t bytes) override;
  void copy(void* to, const void* from, std::size_t bytes) override;
  void fill(void* device, unsigned char byte, std::size_t bytes) override;
  std::unique_ptr<core::Recording> record(const std::function<void()>& enqueue) override;
  void synchronize() override;

 private:
  void load_part(const HostView& host, bool by_rows, MatrixView to);
  void select() const;             // the queue's GPU for the calling thread
  void select_unrecorded() const;  // the same, for what cannot be recorded: throws if it is to be

  int number_;
  DeviceInfo info_;
  ContextOptions options_;
  int multiprocessors_;
  Stream stream_;
  MemoryPool pool_;
  Staging staging_;
  bool recording_ = false;  // what is enqueued is not done
  core::Ops ops_;
};

// `size` elements of device memory for the work enqueued while it lives.
template <class T>
class Scratch {
 public:
  Scratch(CudaQueue& queue, std::int64_t size)
      : queue_(queue),
        bytes_(static_cast<std::size_t>(size) * sizeof(T)),
        data_(bytes_ > 0 ? static_cast<T*>(queue.allocate(bytes_)) : nullptr) {}
  ~Scratch() {
    if (data_) queue_.release(data_, bytes_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  T* data() const { return data_; }

 private:
  CudaQueue& queue_;
  std::size_t bytes_;
  T* data_;
};

}  // namespace whiteline::cuda
