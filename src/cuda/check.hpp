// Every CUDA call's status goes through check(), or ignore() where nothing can be done about it.
#pragma once

#include <cuda_runtime.h>

#include <source_location>
#include <string>

namespace whiteline::cuda {

// "cudaErrorLaunchFailure: unspecified launch failure"
std::string describe(cudaError_t status);

[[noreturn]] void fail(cudaError_t status, std::source_location where);

// Throws OutOfMemory or Error, naming the place of the call, unless `status` is cudaSuccess. The
// runtime then forgets the error, so that the next launch is not blamed for it.
inline void check(cudaError_t status,
                  std::source_location where = std::source_location::current()) {
  if (status != cudaSuccess) fail(status, where);
}

// For destructors: an error that lasts shows again at the next check().
inline void ignore(cudaError_t status) noexcept {
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
}

}  // namespace whiteline::cuda
