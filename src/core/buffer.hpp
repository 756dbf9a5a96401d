// Typed device memory beside Matrix: indices, doubles, states.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/backend.hpp"

namespace whiteline::core {

// `size` elements of device memory, not owned.
template <class T>
struct DeviceSpan {
  T* data = nullptr;
  std::int64_t size = 0;

  constexpr DeviceSpan() = default;
  constexpr DeviceSpan(T* data, std::int64_t size) : data(data), size(size) {}
  template <class U>
  requires(std::is_same_v<T, const U>) constexpr DeviceSpan(const DeviceSpan<U>& other)
      : data(other.data), size(other.size) {}

  constexpr DeviceSpan part(std::int64_t first, std::int64_t count) const {
    return {data + first, count};
  }
};

// Owns device memory of trivially copyable elements. Move-only.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  Buffer(const Context& ctx, std::int64_t size) : queue_(ctx.queue().shared()), size_(size) {
    if (size > 0) data_ = static_cast<T*>(queue_->allocate(bytes()));
  }
  Buffer(const Context& ctx, std::span<const T> host) : Buffer(ctx, std::int64_t(host.size())) {
    if (size_ > 0) queue_->upload(data_, host.data(), bytes());
  }
  ~Buffer() {
    if (data_) queue_->release(data_, bytes());
  }
  Buffer(Buffer&& other) noexcept
      : queue_(std::move(other.queue_)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(queue_, other.queue_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  std::int64_t size() const { return size_; }
  DeviceSpan<T> span() { return {data_, size_}; }
  DeviceSpan<const T> span() const { return {data_, size_}; }

  std::vector<T> to_host() const {  // waits
    std::vector<T> host(static_cast<std::size_t>(size_));
    if (size_ > 0) queue_->download(host.data(), data_, bytes());
    return host;
  }
  void write(std::int64_t first, std::span<const T> host) {
    if (!host.empty()) queue_->upload(data_ + first, host.data(), host.size_bytes());
  }
  void fill(unsigned char byte) {
    if (size_ > 0) queue_->fill(data_, byte, bytes());
  }

 private:
  std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }

  std::shared_ptr<Queue> queue_;
  T* data_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace whiteline::core
