// cuBLAS, opened when it is first needed: linked, it would cost every start of a program 0.2 s.
#pragma once

#include <cublas_v2.h>

#include <memory>

namespace whiteline::cuda {

// Owns a cuBLAS handle of one stream. Plain float32 arithmetic: no TF32.
class Cublas {
 public:
  // Throws Unsupported with the reason where cuBLAS cannot be opened.
  explicit Cublas(cudaStream_t stream);

  // c = alpha op(a) op(b) + beta c, column-major, sizes as in cublasSgemm_64.
  void gemm(cublasOperation_t transpose_a, cublasOperation_t transpose_b, std::int64_t m,
            std::int64_t n, std::int64_t k, float alpha, const float* a, std::int64_t lda,
            const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc);

 private:
  struct Destroy {
    void operator()(cublasContext* handle) const noexcept;
  };
  std::unique_ptr<cublasContext, Destroy> handle_;
};

}  // namespace whiteline::cuda
