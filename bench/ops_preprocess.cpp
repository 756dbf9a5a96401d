// Preparing spectra: backgrounds, normalisation, interpolation. Bound by memory where exp allows.
#include <fmt/format.h>

#include "cases/preprocess.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

using core::AxisPoints;
using core::Buffer;
using test::cases::BackgroundSize;

const AxisPoints axis{460.0, 0.25};

std::string size_of(const BackgroundSize& size) {
  return fmt::format("{}x{}", size.rows, size.channels);
}

void add_background(const std::string& what, const Context& ctx, const BackgroundSize& size,
                    core::BackgroundMethod method) {
  add(what, ctx, size_of(size), [=, &ctx](benchmark::State& state) {
    const Matrix in = random_matrix(ctx, size.rows, size.channels, 1);
    Matrix out(ctx, size.rows, size.channels - size.first);
    Buffer<double> laws(ctx, 2 * size.rows);
    core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
    time(state, ctx, [&] {
      ops.subtract_background(in.view(), {axis, size.begin, size.end, method}, size.first,
                              out.view(), laws.span());
    });
    count_bytes(state, 4.0 * double(size.rows) *
                           double(size.end - size.begin + 2 * (size.channels - size.first)));
    count_spectra(state, double(size.rows));
  });
}

void add_division(const Context& ctx, const BackgroundSize& size) {
  add("divide_rows", ctx, size_of(size), [=, &ctx](benchmark::State& state) {
    Matrix spectra = random_matrix(ctx, size.rows, size.channels, 1);
    const Buffer<double> norms(ctx, std::vector<double>(static_cast<std::size_t>(size.rows), 1.0));
    core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
    time(state, ctx, [&] { ops.divide_rows(spectra.view(), norms.span(), {}, spectra.view()); });
    count_bytes(state, 8.0 * double(size.rows) * double(size.channels));
  });
}

void add_interpolation(const Context& ctx, const BackgroundSize& size) {
  add("resample", ctx, size_of(size), [=, &ctx](benchmark::State& state) {
    const Matrix in = random_matrix(ctx, size.rows, size.channels, 1);
    Matrix out(ctx, size.rows, size.channels);
    core::PreprocessOps& ops = *ctx.queue().ops().preprocess;
    const AxisPoints other{axis.offset + 0.1, axis.dispersion};
    time(state, ctx, [&] { ops.resample(in.view(), axis, out.view(), other); });
    count_bytes(state, 8.0 * double(size.rows) * double(size.channels));
  });
}

const Cases preparation([](const Context& ctx) {
  if (!ctx.queue().ops().preprocess) return;
  for (const BackgroundSize& size : test::cases::timed_backgrounds) {
    add_background("background_two_area", ctx, size, core::BackgroundMethod::two_area);
    add_background("background_log_line", ctx, size, core::BackgroundMethod::log_least_squares);
    add_division(ctx, size);
    add_interpolation(ctx, size);
  }
});

}  // namespace
}  // namespace whiteline::bench
