#include "cuda/cublas.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <whiteline/error.hpp>

#include <string>

#include "cuda/check.hpp"
#include "cuda/library.hpp"
#include "cuda/platform.hpp"

namespace whiteline::cuda {

namespace {

// The functions we call, under the names the library exports.
struct Functions {
  decltype(&cublasCreate_v2) create = nullptr;
  decltype(&cublasDestroy_v2) destroy = nullptr;
  decltype(&cublasSetStream_v2) set_stream = nullptr;
  decltype(&cublasSetMathMode) set_math_mode = nullptr;
  decltype(&cublasSgemm_v2_64) sgemm = nullptr;
  decltype(&cublasGetStatusName) status_name = nullptr;
  std::string reason;  // why there are none; empty when there are
};

template <class Function>
void find(Function& function, const char* name, void* library, std::string& reason) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) reason = fmt::format("it has no function {}", name);
}

Functions open_functions() {
  Functions f;
  const OpenedLibrary library = open_library(cublas_files);
  if (!library.handle) {
    f.reason = library.reason;
    return f;
  }
  find(f.create, "cublasCreate_v2", library.handle, f.reason);
  find(f.destroy, "cublasDestroy_v2", library.handle, f.reason);
  find(f.set_stream, "cublasSetStream_v2", library.handle, f.reason);
  find(f.set_math_mode, "cublasSetMathMode", library.handle, f.reason);
  find(f.sgemm, "cublasSgemm_v2_64", library.handle, f.reason);
  find(f.status_name, "cublasGetStatusName", library.handle, f.reason);
  return f;
}

const Functions& functions() {
  static const Functions opened = open_functions();
  if (!opened.reason.empty())
    throw Unsupported(fmt::format(
        "cannot multiply matrices on the GPU (cuBLAS cannot be opened: {}) install cuBLAS 13 or "
        "use --device cpu",
        opened.reason));
  return opened;
}

void check(cublasStatus_t status, CallSite where = CallSite::current()) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const std::string why = fmt::format("{}, line {}", functions().status_name(status), where.line);
  if (status == CUBLAS_STATUS_ALLOC_FAILED)
    throw OutOfMemory(
        fmt::format("cuBLAS finds no memory ({}) lower --memory or use --device cpu", why));
  throw Error(fmt::format("cuBLAS failed ({}) try again or use --device cpu", why));
}

}  // namespace

Cublas::Cublas(cudaStream_t stream) {
  cublasHandle_t handle = nullptr;
  check(functions().create(&handle));
  handle_.reset(handle);
  check(functions().set_stream(handle, stream));
  check(functions().set_math_mode(handle, CUBLAS_PEDANTIC_MATH));
}

void Cublas::Destroy::operator()(cublasContext* handle) const noexcept {
  static_cast<void>(functions().destroy(handle));
}

void Cublas::gemm(cublasOperation_t transpose_a, cublasOperation_t transpose_b, std::int64_t m,
                  std::int64_t n, std::int64_t k, float alpha, const float* a, std::int64_t lda,
                  const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc) {
  check(functions().sgemm(handle_.get(), transpose_a, transpose_b, m, n, k, &alpha, a, lda, b, ldb,
                          &beta, c, ldc));
}

}  // namespace whiteline::cuda
