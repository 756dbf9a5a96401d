#include "algorithms/preprocess/normalise.hpp"

#include "core/ops/ops.hpp"

namespace whiteline::preprocess {

void divide_by_norms(const Context& ctx, Normalise::Kind kind, double dispersion,
                     ConstMatrixView window, ConstMatrixView in, MatrixView out) {
  using Kind = Normalise::Kind;
  using Value = core::ReduceOps::RowValue;
  const Value value = kind == Kind::max  ? Value::max
                      : kind == Kind::l2 ? Value::sum_of_squares
                      : kind == Kind::l1 ? Value::sum_of_magnitudes
                                         : Value::sum;
  core::Buffer<double> norms(ctx, in.rows);
  core::need(ctx.queue().ops().reduce, "reduce").rows(value, window, norms.span());
  core::need(ctx.queue().ops().preprocess, "preprocess")
      .divide_rows(in, norms.span(), {kind == Kind::l2, dispersion}, out);
}

}  // namespace whiteline::preprocess
