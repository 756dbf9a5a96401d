// Matrix products: C = A B and C = A B^T.
#include <fmt/format.h>

#include "cases/blas.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

void time_gemm(benchmark::State& state, const Context& ctx, const test::cases::Gemm& size,
               core::Transpose transpose_b) {
  const bool turned = transpose_b == core::Transpose::yes;
  const Matrix a = random_matrix(ctx, size.m, size.k, 1);
  const Matrix b =
      turned ? random_matrix(ctx, size.n, size.k, 2) : random_matrix(ctx, size.k, size.n, 2);
  Matrix c(ctx, size.m, size.n);
  core::BlasOps& blas = *ctx.queue().ops().blas;
  time(state, ctx, [&] {
    blas.gemm(1.0f, a.view(), core::Transpose::no, b.view(), transpose_b, 0.0f, c.view());
  });
  count_flops(state, ctx, 2.0 * double(size.m) * double(size.n) * double(size.k));
}

const Cases gemm([](const Context& ctx) {
  if (!ctx.queue().ops().blas) return;
  for (const test::cases::Gemm& size : test::cases::timed_gemms)
    for (const core::Transpose transpose : {core::Transpose::no, core::Transpose::yes})
      add(transpose == core::Transpose::yes ? "gemm_transposed" : "gemm", ctx,
          fmt::format("{}x{}x{}", size.m, size.n, size.k),
          [=, &ctx](benchmark::State& state) { time_gemm(state, ctx, size, transpose); });
});

}  // namespace
}  // namespace whiteline::bench
