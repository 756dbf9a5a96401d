// The state of the emulated device, shared by the files of this folder.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "fake_cuda.hpp"

namespace emulator {

struct Job {
  std::function<void()> run;
  bool cleans_up = false;  // done even when the device has failed
};
struct Stream {
  int device = 0;
  std::deque<Job> jobs = {};
  std::shared_ptr<std::vector<Job>> captured = {};  // there while the stream is captured
  bool invalidated = false;                         // by a call that a graph cannot hold
};
struct Graph {
  std::shared_ptr<std::vector<Job>> jobs;
};
struct GraphExec {
  std::shared_ptr<const std::vector<Job>> jobs;
};
struct Event {
  Stream* stream = nullptr;
  std::shared_ptr<bool> reached = std::make_shared<bool>(true);
};
struct Pool {
  std::size_t used = 0;
  bool destroyed = false;  // lives on until its last memory is given back
};

struct Allocation {
  char* begin;
  std::size_t bytes, mapped;
  Pool* pool;          // null: of cudaMalloc
  bool freed = false;  // by a cudaFreeAsync that the stream has yet to reach
};

struct Device {
  Device();

  std::recursive_mutex mutex;
  // Vectors, because MemorySanitizer cannot see into libstdc++'s compiled tree functions.
  std::vector<Allocation> memory;
  std::vector<void*> host_memory;
  std::vector<Pool*> pools;
  std::vector<Stream*> streams;
  std::vector<Event*> events;
  std::vector<Graph*> graphs;
  std::vector<GraphExec*> graph_execs;
  std::map<const void*, std::size_t> dynamic_limits;  // of shared memory, by kernel
  Stream legacy;                                      // stream 0
  std::size_t used = 0, total = std::size_t{1} << 30;
  int count = 1, major = 9, minor = 0, driver_version = 13000, draining = 0;
  long calls = 0, failing_call = 0;
  cudaError_t failure = cudaSuccess, sticky = cudaSuccess, last = cudaSuccess,
              none = cudaErrorNoDevice;
};

Device& device();
int& current_device();  // of the calling thread

// Makes an entry point thread-safe and able to fail.
struct Call {
  std::unique_lock<std::recursive_mutex> lock{device().mutex};
  cudaError_t error = cudaSuccess;

  Call();
};

cudaError_t remember(cudaError_t error);

// Forgets a handle; false if it was not one of ours.
template <class T>
bool take(std::vector<T>& handles, T handle) {
  const auto found = std::find(handles.begin(), handles.end(), handle);
  if (found == handles.end()) return false;
  handles.erase(found);
  return true;
}

bool known(cudaStream_t stream);
bool usable_here(cudaStream_t stream);  // known, and of the thread's device
Stream& queue_of(cudaStream_t stream);
// Waits and takes of memory are not for streams that are captured: what the call then fails with.
cudaError_t refuse_captured(cudaStream_t stream);
void add(cudaStream_t stream, std::function<void()> work, bool cleans_up = false);

// Runs the stream's work, up to `until` when one is given.
cudaError_t drain(Stream& stream, const bool* until = nullptr);
cudaError_t drain_all();

void protect_all(bool readable);  // the device's memory

}  // namespace emulator
