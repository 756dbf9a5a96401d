// What a backend is: devices, ordered queues on them, and the op families it can do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/matrix.hpp>

namespace whiteline::core {

struct Ops;

// Work that a queue recorded, with the arguments it had then: addresses, shapes, numbers. The
// memory at these addresses outlives the recording.
class WHITELINE_EXPORT Recording {
 public:
  virtual ~Recording();

  virtual void replay() = 0;  // enqueues all of it
};

// One ordered queue of work on one device. Work is done in the order given; only download() and
// synchronize() wait. One thread uses a queue at a time.
class WHITELINE_EXPORT Queue : public std::enable_shared_from_this<Queue> {
 public:
  virtual ~Queue();

  std::shared_ptr<Queue> shared() { return shared_from_this(); }

  virtual const DeviceInfo& device() const = 0;
  virtual const Ops& ops() const = 0;
  virtual std::shared_ptr<Queue> fork() const = 0;  // same device and options, own order
  virtual int threads() const = 0;
  virtual std::uint64_t memory_limit() const = 0;

  // 64-byte aligned device memory, contents undefined. Throws OutOfMemory.
  virtual void* allocate(std::size_t bytes) = 0;
  // Work given before may still use it.
  virtual void release(void* address, std::size_t bytes) noexcept = 0;

  // `host` may be reused as soon as upload returns.
  virtual void upload(void* device, const void* host, std::size_t bytes) = 0;
  // Writes the numbers of `host` to `to`, of the same shape, made float32 on the device; `host` may
  // be reused on return. What lies between the columns and the stride of `to` may change. False,
  // and nothing done, where that is not the faster way.
  virtual bool load(const HostView& host, MatrixView to);
  virtual void download(void* host, const void* device, std::size_t bytes) = 0;  // waits
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;          // device to device
  virtual void fill(void* device, unsigned char byte, std::size_t bytes) = 0;
  // Records what `enqueue` enqueues on this queue, instead of doing it: verbs, copy() and fill().
  // It has been called before, as verbs may take memory the first time. Throws Error where it
  // waits, takes memory or uploads. Null, and nothing called, where a replay is no faster than a
  // call.
  virtual std::unique_ptr<Recording> record(const std::function<void()>& enqueue);
  virtual void synchronize() = 0;  // waits; throws what went wrong in the work before
};

// One kind of device. Made once, never destroyed before the program ends.
class WHITELINE_EXPORT Backend {
 public:
  virtual ~Backend();

  virtual std::string_view name() const = 0;            // "cpu", "cuda", "emu"
  virtual std::vector<DeviceInfo> devices() const = 0;  // at least one; unusable ones with a reason
  // Throws DeviceUnavailable for a number that is not in devices() or cannot be used.
  virtual std::shared_ptr<Queue> make_queue(int number, const ContextOptions& options) const = 0;
};

}  // namespace whiteline::core
