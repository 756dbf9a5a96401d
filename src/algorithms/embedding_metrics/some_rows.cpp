#include "algorithms/embedding_metrics/some_rows.hpp"

#include "core/backend.hpp"

namespace whiteline::embedding_metrics {

Matrix some_rows(const Context& ctx, const Matrix& x, std::span<const std::int64_t> rows) {
  Matrix some(ctx, std::ssize(rows), x.cols());
  const ConstMatrixView from = x.view();
  const MatrixView to = some.view();
  for (std::size_t i = 0; i < rows.size(); ++i)
    ctx.queue().copy(to.data + std::int64_t(i) * to.stride, from.data + rows[i] * from.stride,
                     std::size_t(x.cols()) * sizeof(float));
  return some;
}

}  // namespace whiteline::embedding_metrics
