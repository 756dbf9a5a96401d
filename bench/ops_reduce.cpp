// Sums and searches over spectra: bound by reading them once.
#include <fmt/format.h>

#include "cases/kernel_matrix.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

template <class Result, class Run>
void add_reduction(const std::string& what, const Context& ctx,
                   const test::cases::KernelMatrixSize& size, std::int64_t results, Run run) {
  add(what, ctx, fmt::format("{}x{}", size.rows, size.channels),
      [=, &ctx](benchmark::State& state) {
        const Matrix x = random_matrix(ctx, size.rows, size.channels, 1);
        core::Buffer<Result> out(ctx, results);
        core::ReduceOps& reduce = *ctx.queue().ops().reduce;
        time(state, ctx, [&] { run(reduce, x.view(), out.span()); });
        count_bytes(state, 4.0 * double(size.rows) * double(size.channels));
      });
}

const Cases reductions([](const Context& ctx) {
  if (!ctx.queue().ops().reduce) return;
  using core::DeviceSpan;
  using core::ReduceOps;
  for (const auto& size : test::cases::timed_kernel_matrices) {
    add_reduction<std::int32_t>("reduce_first_non_finite", ctx, size, size.rows,
                                [](ReduceOps& ops, ConstMatrixView x,
                                   DeviceSpan<std::int32_t> out) { ops.first_non_finite(x, out); });
    add_reduction<double>("reduce_column_means", ctx, size, size.channels,
                          [](ReduceOps& ops, ConstMatrixView x, DeviceSpan<double> out) {
                            ops.column_means(x, out);
                          });
    add_reduction<double>("reduce_moments", ctx, size, 2,
                          [](ReduceOps& ops, ConstMatrixView x, DeviceSpan<double> out) {
                            ops.moments(x, 0.5, out);
                          });
    add_reduction<double>("reduce_row_squares", ctx, size, size.rows,
                          [](ReduceOps& ops, ConstMatrixView x, DeviceSpan<double> out) {
                            ops.rows(ReduceOps::RowValue::sum_of_squares, x, out);
                          });
    add_reduction<double>("reduce_row_max", ctx, size, size.rows,
                          [](ReduceOps& ops, ConstMatrixView x, DeviceSpan<double> out) {
                            ops.rows(ReduceOps::RowValue::max, x, out);
                          });
  }
});

}  // namespace
}  // namespace whiteline::bench
