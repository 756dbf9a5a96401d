#include "cuda/check.hpp"

#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <string_view>

namespace whiteline::cuda {

namespace {

// From cudaErrorIllegalAddress to cudaErrorLaunchFailure: no CUDA call of this process works again.
bool lasts(cudaError_t status) { return int(status) >= 700 && int(status) <= 719; }

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::string describe(cudaError_t status) {
  return fmt::format("{}: {}", cudaGetErrorName(status), cudaGetErrorString(status));
}

void fail(cudaError_t status, CallSite where) {
  static_cast<void>(cudaGetLastError());
  const std::string why =
      fmt::format("{}, {}:{}", describe(status), file_name(where.file), where.line);
  if (status == cudaErrorMemoryAllocation)
    throw OutOfMemory(
        fmt::format("the GPU's memory is used up ({}) lower --memory or use --device cpu", why));
  if (lasts(status))
    throw Error(fmt::format(
        "the GPU stopped in the midst of its work ({}) restart the program; if it happens again, "
        "use --device cpu and report it",
        why));
  throw Error(fmt::format("a CUDA call failed ({}) try again or use --device cpu", why));
}

}  // namespace whiteline::cuda
