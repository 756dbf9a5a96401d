// Kernel matrices of prepared spectra. A symmetric matrix counts as n n d operations: half of those
// of the full product, since one triangle is mirrored.
#include <fmt/format.h>

#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "cases/kernel_matrix.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

constexpr std::int64_t some_rows = 28;  // what an SVM asks for at a time

class PreparedSpectra {
 public:
  PreparedSpectra(const Context& ctx, const test::cases::KernelMatrixSize& size)
      : spectra_(random_matrix(ctx, size.rows, size.channels, 1)),
        rows_(ctx, size.rows, size.channels),
        squared_norm_(ctx, size.rows),
        mean_dot_(ctx, size.rows) {
    prepare(ctx);
  }
  void prepare(const Context& ctx) {
    ctx.queue().ops().kernel_matrix->prepare(std::as_const(spectra_).view(), {}, false, {},
                                             rows_.view(), squared_norm_.span(), mean_dot_.span());
  }
  core::PreparedRows some(std::int64_t count) const {
    return {rows_.view().some_rows(0, count), squared_norm_.span().part(0, count),
            mean_dot_.span().part(0, count)};
  }

 private:
  Matrix spectra_, rows_;
  core::Buffer<float> squared_norm_, mean_dot_;
};

void add_size(const Context& ctx, const test::cases::KernelMatrixSize& size) {
  core::KernelMatrixOps& ops = *ctx.queue().ops().kernel_matrix;
  const auto n = double(size.rows), d = double(size.channels);
  const std::string text = fmt::format("{}x{}", size.rows, size.channels);
  add("kernel_prepare", ctx, text, [=, &ctx](benchmark::State& state) {
    PreparedSpectra spectra(ctx, size);
    time(state, ctx, [&] { spectra.prepare(ctx); });
    count_bytes(state, 8.0 * n * d);
  });
  for (const Kernel& kernel : {linear(), rbf(0.01), sigmoid(0.001, 0.1)}) {
    const formulas::KernelConstants constants = kernels::kernel_constants(kernel, 0.0);
    add(fmt::format("kernel_{}", name(kernel.type)), ctx, text,
        [=, &ctx, &ops](benchmark::State& state) {
          const PreparedSpectra spectra(ctx, size);
          Matrix out(ctx, size.rows, size.rows);
          time(state, ctx,
               [&] { ops.kernel_symmetric(constants, spectra.some(size.rows), out.view()); });
          count_flops(state, ctx, n * n * d);
        });
  }
  add("kernel_rows_rbf", ctx, fmt::format("{}x{}", some_rows, text),
      [=, &ctx, &ops](benchmark::State& state) {
        const formulas::KernelConstants constants = kernels::kernel_constants(rbf(0.01), 0.0);
        const PreparedSpectra spectra(ctx, size);
        Matrix out(ctx, some_rows, size.rows);
        time(state, ctx, [&] {
          ops.kernel(constants, spectra.some(some_rows), spectra.some(size.rows), out.view());
        });
        count_flops(state, ctx, 2.0 * double(some_rows) * n * d);
      });
}

const Cases kernel_matrices([](const Context& ctx) {
  if (!ctx.queue().ops().kernel_matrix) return;
  for (const auto& size : test::cases::timed_kernel_matrices) add_size(ctx, size);
});

}  // namespace
}  // namespace whiteline::bench
