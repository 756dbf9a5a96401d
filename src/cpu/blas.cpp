#include "core/ops/blas.hpp"

#include <cassert>

#include "cpu/cpu_backend.hpp"
#include "cpu/gemm.hpp"

namespace whiteline::cpu {

namespace {

class CpuBlas final : public core::BlasOps {
 public:
  explicit CpuBlas(core::ThreadPool& pool) : multiplier_(pool) {}

  void gemm(float alpha, ConstMatrixView a, core::Transpose transpose_a, ConstMatrixView b,
            core::Transpose transpose_b, float beta, MatrixView out) override {
    const bool a_turned = transpose_a == core::Transpose::yes;
    const bool b_turned = transpose_b == core::Transpose::yes;
    const Factor left = a_turned ? Factor{a.data, 1, a.stride} : Factor{a.data, a.stride, 1};
    const Factor right = b_turned ? Factor{b.data, b.stride, 1} : Factor{b.data, 1, b.stride};
    const std::int64_t depth = a_turned ? a.rows : a.cols;
    assert(depth == (b_turned ? b.cols : b.rows));
    assert(out.rows == (a_turned ? a.cols : a.rows) && out.cols == (b_turned ? b.rows : b.cols));
    multiplier_.run({out.rows, out.cols, depth, left, right, out}, [&](const Tile& tile) {
      multiplier_.kernels().scale_tile(tile, alpha, beta, out.data, out.stride);
    });
  }

 private:
  Multiplier multiplier_;
};

}  // namespace

std::unique_ptr<core::BlasOps> make_blas(core::ThreadPool& pool) {
  return std::make_unique<CpuBlas>(pool);
}

}  // namespace whiteline::cpu
