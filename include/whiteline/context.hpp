// Where work runs: a device and one ordered queue of work on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/error.hpp>

namespace whiteline {

namespace core {
class Queue;
}

// One device this machine has, or could have had.
struct DeviceInfo {
  std::string name;         // as Context takes it: "cpu", "cuda:0"; "cuda" when there is none
  bool available = false;   //
  std::string description;  // "AMD EPYC, 2 threads, avx512" or "NVIDIA H200"
  std::string reason;       // why it cannot be used; empty when it can
  std::uint64_t memory_bytes = 0;
};

// All devices, the CPU first. Never throws for a missing or broken GPU: that is a reason.
WHITELINE_EXPORT std::vector<DeviceInfo> devices();

struct ContextOptions {
  int threads = 0;                 // CPU threads; 0: OMP_NUM_THREADS if set, else all cores
  std::uint64_t memory_limit = 0;  // bytes of working memory; 0: half of what is free (80 % on GPU)
};

// A cheap handle to a device and one ordered queue; copies share the queue. It is the first
// argument of every computation. Work on one Context runs in the order given; one Context may be
// used by one thread at a time, and fork() gives another thread its own queue.
class WHITELINE_EXPORT Context {
 public:
  // device: "auto" (first usable GPU, else the CPU), "cpu", "cuda", "cuda:1".
  // Throws DeviceUnavailable with the reason when an explicitly named device cannot be used.
  explicit Context(std::string_view device = "auto", ContextOptions options = {});

  Context fork() const;  // the same device, a queue of its own

  const DeviceInfo& device() const;
  const std::string& choice() const;   // one line: what "auto" took, and why; else empty
  int threads() const;                 // CPU threads at work; 1 on a GPU
  std::uint64_t memory_limit() const;  // bytes
  void synchronize() const;            // waits for all work given so far

  core::Queue& queue() const { return *queue_; }  // for the library's own use

 private:
  explicit Context(std::shared_ptr<core::Queue> queue);

  std::shared_ptr<core::Queue> queue_;
  std::string choice_;
};

}  // namespace whiteline
