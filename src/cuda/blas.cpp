#include <algorithm>
#include <optional>

#include "cuda/cublas.hpp"
#include "cuda/cuda_backend.hpp"

namespace whiteline::cuda {

namespace {

// cuBLAS is column-major: our rows are its columns, so it computes out' = op(b)' op(a)'.
class CudaBlas final : public core::BlasOps {
 public:
  explicit CudaBlas(CudaQueue& queue) : queue_(queue) {}

  void gemm(float alpha, ConstMatrixView a, core::Transpose transpose_a, ConstMatrixView b,
            core::Transpose transpose_b, float beta, MatrixView out) override {
    if (out.rows == 0 || out.cols == 0) return;
    const cudaStream_t stream = queue_.stream();
    if (!cublas_) cublas_.emplace(stream);
    const bool across = transpose_a == core::Transpose::yes;
    cublas_->gemm(operation(transpose_b), operation(transpose_a), out.cols, out.rows,
                  across ? a.rows : a.cols, alpha, b.data, stride(b), a.data, stride(a), beta,
                  out.data, out.stride);
  }

 private:
  static cublasOperation_t operation(core::Transpose transpose) {
    return transpose == core::Transpose::yes ? CUBLAS_OP_T : CUBLAS_OP_N;
  }
  // cuBLAS wants a stride of at least 1 and a row's length, for empty matrices too.
  static std::int64_t stride(ConstMatrixView x) {
    return std::max({x.stride, x.cols, std::int64_t{1}});
  }

  CudaQueue& queue_;
  std::optional<Cublas> cublas_;  // opened by the first product
};

}  // namespace

std::unique_ptr<core::BlasOps> make_blas(CudaQueue& queue) {
  return std::make_unique<CudaBlas>(queue);
}

}  // namespace whiteline::cuda
