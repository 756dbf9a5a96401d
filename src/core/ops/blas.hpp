// Matrix products.
#pragma once

#include <whiteline/matrix.hpp>

namespace whiteline::core {

enum class Transpose { no, yes };

class WHITELINE_EXPORT BlasOps {
 public:
  virtual ~BlasOps() = default;

  // out = alpha op(a) op(b) + beta out; op(a) is m x k, op(b) is k x n, out is m x n, all
  // row-major. beta = 0 does not read `out`. float32 products; the order of a sum is fixed for one
  // device and shape. Traffic: m k + k n + m n floats.
  virtual void gemm(float alpha, ConstMatrixView a, Transpose transpose_a, ConstMatrixView b,
                    Transpose transpose_b, float beta, MatrixView out) = 0;
};

}  // namespace whiteline::core
