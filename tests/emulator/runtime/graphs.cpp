// Streams captured as graphs: lists of their work, in order.
#include "device.hpp"

using namespace emulator;

namespace {

template <class T>
bool among(const std::vector<T>& handles, T handle) {
  return std::find(handles.begin(), handles.end(), handle) != handles.end();
}

}  // namespace

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  Call call;
  if (call.error) return call.error;
  if (!stream || !known(stream)) return remember(cudaErrorInvalidResourceHandle);
  if (const cudaError_t refused = refuse_captured(stream)) return refused;
  stream->captured = std::make_shared<std::vector<Job>>();
  stream->invalidated = false;
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  Call call;
  if (!stream || !known(stream) || !stream->captured) return remember(cudaErrorInvalidValue);
  const auto jobs = std::exchange(stream->captured, nullptr);
  *graph = nullptr;
  if (call.error) return call.error;
  if (stream->invalidated) return remember(cudaErrorStreamCaptureInvalidated);
  device().graphs.push_back(*graph = new Graph{jobs});
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* work, cudaGraph_t graph, unsigned long long) {
  Call call;
  if (call.error) return call.error;
  if (!among(device().graphs, graph)) return remember(cudaErrorInvalidValue);
  device().graph_execs.push_back(*work = new GraphExec{graph->jobs});
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t work, cudaStream_t stream) {
  Call call;
  if (call.error) return call.error;
  if (!among(device().graph_execs, work)) return remember(cudaErrorInvalidValue);
  if (!usable_here(stream)) return remember(cudaErrorInvalidResourceHandle);
  for (const Job& job : *work->jobs) add(stream, job.run, job.cleans_up);
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  const std::lock_guard lock(device().mutex);
  if (!take(device().graphs, graph)) return remember(cudaErrorInvalidValue);
  delete graph;
  return device().sticky;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t work) {
  const std::lock_guard lock(device().mutex);
  if (!take(device().graph_execs, work)) return remember(cudaErrorInvalidValue);
  delete work;
  return device().sticky;
}
