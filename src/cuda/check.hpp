// Every CUDA call's status goes through check(), or ignore() where nothing can be done about it.
#pragma once

#include <cuda_runtime.h>

#include <string>

namespace whiteline::cuda {

// Where a call stands, as std::source_location, which clang 14 does not have.
struct CallSite {
  const char* file;
  int line;

  static constexpr CallSite current(const char* file = __builtin_FILE(),
                                    int line = __builtin_LINE()) {
    return {file, line};
  }
};

// "cudaErrorLaunchFailure: unspecified launch failure"
std::string describe(cudaError_t status);

[[noreturn]] void fail(cudaError_t status, CallSite where);

// Throws OutOfMemory or Error, naming the place of the call, unless `status` is cudaSuccess. The
// runtime then forgets the error, so that the next launch is not blamed for it.
inline void check(cudaError_t status, CallSite where = CallSite::current()) {
  if (status != cudaSuccess) fail(status, where);
}

// For destructors: an error that lasts shows again at the next check().
inline void ignore(cudaError_t status) noexcept {
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
}

}  // namespace whiteline::cuda
