// Streams, events, attributes of kernels.
#include "device.hpp"

using namespace emulator;

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  Call call;
  if (call.error) return call.error;
  device().streams.push_back(*stream = new Stream{current_device()});
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const std::lock_guard lock(device().mutex);
  if (!stream || !known(stream)) return remember(cudaErrorInvalidResourceHandle);
  drain(*stream);
  take(device().streams, stream);
  delete stream;
  return device().sticky;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  if (!known(stream)) return remember(cudaErrorInvalidResourceHandle);
  if (const cudaError_t refused = refuse_captured(stream)) return refused;
  return drain(queue_of(stream));
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  Call call;
  if (call.error) return call.error;
  device().events.push_back(*event = new Event);
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const std::lock_guard lock(device().mutex);
  if (!take(device().events, event)) return remember(cudaErrorInvalidResourceHandle);
  delete event;
  return device().sticky;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  if (!usable_here(stream)) return remember(cudaErrorInvalidResourceHandle);
  event->stream = &queue_of(stream);
  event->reached = std::make_shared<bool>(false);
  add(stream, [reached = event->reached] { *reached = true; });
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  Call call;
  if (call.error) return call.error;
  add(stream, [source = event->stream, reached = event->reached] {
    if (!*reached) drain(*source, reached.get());
  });
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  Call call;
  if (call.error) return call.error;
  if (*event->reached) return cudaSuccess;
  if (const cudaError_t refused = refuse_captured(event->stream)) return refused;
  return drain(*event->stream, event->reached.get());
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute, int value) {
  Call call;
  if (call.error) return call.error;
  if (value < 0 || static_cast<std::size_t>(value) > simt::opt_in_shared_limit)
    return remember(cudaErrorInvalidValue);
  device().dynamic_limits[kernel] = static_cast<std::size_t>(value);
  return cudaSuccess;
}
