// A naive cuBLAS on the emulated device: plain loops, sums in double, every argument checked.
#include <cublas_v2.h>

#include <algorithm>

#include "fake_cuda.hpp"

struct cublasContext {
  cudaStream_t stream = nullptr;
};

namespace {

// A column-major matrix of the call: op(x) has the size rows x cols.
struct Operand {
  const float* data;
  cublasOperation_t operation;
  std::int64_t rows, cols, stride;

  std::int64_t stored_rows() const { return operation == CUBLAS_OP_N ? rows : cols; }
  std::int64_t stored_cols() const { return operation == CUBLAS_OP_N ? cols : rows; }
  bool valid() const {
    if (stride < std::max<std::int64_t>(1, stored_rows())) return false;
    if (rows == 0 || cols == 0) return true;
    const std::int64_t elements = (stored_cols() - 1) * stride + stored_rows();
    return emulator::on_device(data, std::size_t(elements) * sizeof(float));
  }
  double at(std::int64_t row, std::int64_t col) const {
    return operation == CUBLAS_OP_N ? data[col * stride + row] : data[row * stride + col];
  }
};

void multiply(float alpha, const Operand& a, const Operand& b, float beta, float* c,
              std::int64_t ldc) {
  for (std::int64_t col = 0; col < b.cols; ++col)
    for (std::int64_t row = 0; row < a.rows; ++row) {
      double sum = 0.0;
      for (std::int64_t k = 0; k < a.cols; ++k) sum += a.at(row, k) * b.at(k, col);
      float& out = c[col * ldc + row];
      out = static_cast<float>(alpha * sum + (beta == 0.0f ? 0.0 : double(beta) * out));
    }
}

cublasStatus_t counted(cublasHandle_t handle) {
  if (!handle) return CUBLAS_STATUS_NOT_INITIALIZED;
  switch (emulator::count_call()) {
    case cudaSuccess:
      return CUBLAS_STATUS_SUCCESS;
    case cudaErrorMemoryAllocation:
      return CUBLAS_STATUS_ALLOC_FAILED;
    default:
      return CUBLAS_STATUS_EXECUTION_FAILED;
  }
}

}  // namespace

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  auto* const made = new cublasContext;
  const cublasStatus_t status = counted(made);
  if (status == CUBLAS_STATUS_SUCCESS) {
    *handle = made;
  } else {
    delete made;
  }
  return status;
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  if (!handle) return CUBLAS_STATUS_NOT_INITIALIZED;
  delete handle;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  if (const cublasStatus_t status = counted(handle)) return status;
  handle->stream = stream;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode) {
  if (const cublasStatus_t status = counted(handle)) return status;
  return mode == CUBLAS_PEDANTIC_MATH ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

const char* cublasGetStatusName(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_NOT_INITIALIZED:
      return "CUBLAS_STATUS_NOT_INITIALIZED";
    case CUBLAS_STATUS_ALLOC_FAILED:
      return "CUBLAS_STATUS_ALLOC_FAILED";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
  }
  return "unknown status";
}

cublasStatus_t cublasSgemm_v2_64(cublasHandle_t handle, cublasOperation_t transpose_a,
                                 cublasOperation_t transpose_b, std::int64_t m, std::int64_t n,
                                 std::int64_t k, const float* alpha, const float* a,
                                 std::int64_t lda, const float* b, std::int64_t ldb,
                                 const float* beta, float* c, std::int64_t ldc) {
  if (const cublasStatus_t status = counted(handle)) return status;
  const Operand left{a, transpose_a, m, k, lda}, right{b, transpose_b, k, n, ldb},
      out{c, CUBLAS_OP_N, m, n, ldc};
  if (m < 0 || n < 0 || k < 0 || !left.valid() || !right.valid() || !out.valid())
    return CUBLAS_STATUS_INVALID_VALUE;
  emulator::run_on(handle->stream, [=, alpha = *alpha, beta = *beta] {
    multiply(alpha, left, right, beta, c, ldc);
  });
  return CUBLAS_STATUS_SUCCESS;
}
