#include "algorithms/neighbors/directions.hpp"

#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::neighbors {

Directions::Directions(const Context& ctx, Metric metric, const Matrix& x, std::string_view matrix)
    : view_(x.view()) {
  std::vector<double> norms =
      kernels::checked_squared_norms(ctx, x.view(), "find neighbours", matrix);
  if (metric == Metric::euclidean) return;
  const core::Ops& ops = ctx.queue().ops();
  Matrix centred;
  if (metric == Metric::correlation) {
    centred = Matrix(ctx, x.rows(), x.cols());
    core::need(ops.neighbors, "neighbors").centre_rows(x.view(), centred.view());
    core::Buffer<double> squares(ctx, x.rows());
    core::need(ops.reduce, "reduce")
        .rows(core::ReduceOps::RowValue::sum_of_squares, std::as_const(centred).view(),
              squares.span());
    norms = squares.to_host();
    view_ = std::as_const(centred).view();
  }
  for (std::size_t row = 0; row < norms.size(); ++row)
    (norms[row] > 0.0 ? numbers_ : without_).push_back(std::int32_t(row));
  memory_ = Matrix(ctx, std::int64_t(numbers_.size()), x.cols());
  if (!numbers_.empty()) {
    const core::Buffer<std::int32_t> order(ctx, numbers_);
    core::Buffer<float> ones(ctx, memory_.rows()), unused(ctx, memory_.rows());
    core::need(ops.kernel_matrix, "kernel_matrix")
        .prepare(view_, order.span(), true, {}, memory_.view(), ones.span(), unused.span());
    ctx.synchronize();  // before the rows it was made from go
  }
  view_ = std::as_const(memory_).view();
}

Centred::Centred(const Context& ctx, ConstMatrixView rows, const core::Buffer<float>& centre)
    : rows_(ctx, rows.rows, rows.cols), norms_(ctx, rows.rows), zeros_(ctx, rows.rows) {
  core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix")
      .prepare(rows, {}, false, centre.span(), rows_.view(), norms_.span(), zeros_.span());
}

core::Buffer<float> mean_row(const Context& ctx, ConstMatrixView rows) {
  core::Buffer<double> means(ctx, rows.cols);
  core::need(ctx.queue().ops().reduce, "reduce").column_means(rows, means.span());
  const std::vector<double> host = means.to_host();
  return {ctx, std::vector<float>(host.begin(), host.end())};
}

}  // namespace whiteline::neighbors
