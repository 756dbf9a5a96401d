#include "device.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace emulator {

Device::Device() {
  if (const char* seed = std::getenv("WL_EMU_SEED"))
    simt::set_schedule_seed(std::strtoull(seed, nullptr, 10));
}

Device& device() {
  static Device& instance = *new Device;  // plugins are used until the very end of the program
  return instance;
}

int& current_device() {
  static thread_local int number = 0;
  return number;
}

Call::Call() {
  Device& d = device();
  if (d.sticky) {
    error = d.sticky;
  } else if (++d.calls == d.failing_call) {
    error = d.failure;
    if (error >= cudaErrorIllegalAddress && error <= cudaErrorLaunchFailure) d.sticky = error;
  }
  if (error) d.last = error;
}

cudaError_t remember(cudaError_t error) {
  if (error) device().last = error;
  return error;
}

// --- streams ----------------------------------------------------------------------------------
bool known(cudaStream_t stream) {
  const auto& streams = device().streams;
  return !stream || std::find(streams.begin(), streams.end(), stream) != streams.end();
}

bool usable_here(cudaStream_t stream) {
  return known(stream) && (!stream || stream->device == current_device());
}

Stream& queue_of(cudaStream_t stream) { return stream ? *stream : device().legacy; }

void add(cudaStream_t stream, std::function<void()> work, bool cleans_up) {
  Stream& queue = queue_of(stream);
  if (queue.captured)
    queue.captured->push_back({std::move(work), cleans_up});
  else
    queue.jobs.push_back({std::move(work), cleans_up});
}

cudaError_t refuse_captured(cudaStream_t stream) {
  Stream& queue = queue_of(stream);
  if (!queue.captured) return cudaSuccess;
  queue.invalidated = true;
  return remember(cudaErrorStreamCaptureUnsupported);
}

cudaError_t drain(Stream& stream, const bool* until) {
  Device& d = device();
  if (d.draining++ == 0) protect_all(true);
  while (!stream.jobs.empty() && !(until && *until)) {
    const Job job = std::move(stream.jobs.front());
    stream.jobs.pop_front();
    if (d.sticky && !job.cleans_up) continue;
    try {
      job.run();
    } catch (const simt::Error& error) {
      std::fprintf(stderr, "emulated device: %s\n", error.what());
      d.sticky = d.last = cudaErrorLaunchFailure;
    }
  }
  if (--d.draining == 0) protect_all(false);
  return d.sticky;
}

cudaError_t drain_all() {
  drain(device().legacy);
  for (Stream* stream : device().streams) drain(*stream);
  return device().sticky;
}

void enqueue(const void* kernel, simt::Shape shape, cudaStream_t stream, Work work) {
  const std::shared_ptr<void> arguments(work.arguments, work.destroy);
  Call call;
  if (call.error) return;
  const auto limit = device().dynamic_limits.find(kernel);  // static memory comes on top of it
  if (limit != device().dynamic_limits.end() && shape.dynamic_shared <= limit->second)
    shape.shared_limit = simt::opt_in_shared_limit;
  if (!usable_here(stream)) {
    remember(cudaErrorInvalidResourceHandle);
  } else if (!simt::valid(shape)) {
    remember(cudaErrorInvalidConfiguration);
  } else {
    add(stream, [=, body = work.body] { simt::run_grid(shape, body, arguments.get()); });
  }
}

// --- what tests may do ------------------------------------------------------------------------
void reset() {
  Device& d = device();
  d.sticky = d.last = cudaSuccess;
  d.calls = d.failing_call = 0;
  d.total = std::size_t{1} << 30;
  d.count = 1;
  d.none = cudaErrorNoDevice;
  d.driver_version = 13000;
  d.major = 9;
  d.minor = 0;
}

void fail_call(long number, cudaError_t error) {
  Device& d = device();
  d.failing_call = number ? d.calls + number : 0;
  d.failure = error;
}

long calls() { return device().calls; }

std::size_t live_objects() {
  const Device& d = device();
  return d.memory.size() + d.host_memory.size() + d.pools.size() + d.streams.size() +
         d.events.size() + d.graphs.size() + d.graph_execs.size();
}

void set_memory(std::size_t bytes) { device().total = bytes; }

void set_device_count(int count, cudaError_t none) {
  device().count = count;
  device().none = none;
}

void set_driver_version(int version) { device().driver_version = version; }

void set_compute_capability(int major, int minor) {
  device().major = major;
  device().minor = minor;
}

// --- stand-ins of libraries -------------------------------------------------------------------
cudaError_t count_call() { return Call().error; }

void run_on(cudaStream_t stream, std::function<void()> work) {
  const std::lock_guard lock(device().mutex);
  add(stream, std::move(work));
}

}  // namespace emulator
