// What generators and discriminators have beside other networks: noise, minibatch discrimination
// and transposed convolutions.
#include <fmt/format.h>

#include "cases/network.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

using core::NetworkOps;
using core::Perturbation;

void add_noise(const Context& ctx) {
  struct Noise {
    Perturbation kind;
    std::string name;
    float amount;
  };
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const Noise& noise : {Noise{Perturbation::dropout, "dropout", 0.5f},
                             {Perturbation::gaussian_dropout, "gaussian_dropout", 0.5f},
                             {Perturbation::gaussian_noise, "gaussian_noise", 0.15f},
                             {Perturbation::poisson_noise, "poisson_noise", 0.5f},
                             {Perturbation::shot_noise, "shot_noise", 2000.0f},
                             {Perturbation::translation, "translation", 6.0f}})
    add(noise.name, ctx, "64x700", [=, &ctx, &ops](benchmark::State& state) {
      core::Buffer<core::TrainingState> steps(ctx, 1);
      steps.fill(0);
      const Matrix x = random_matrix(ctx, 64, 700, 1);
      Matrix y(ctx, 64, 700);
      const core::Perturb perturb{noise.kind, noise.amount, 1.0f, 1, formulas::Purpose::noise, 0,
                                  0,          steps.span()};
      time(state, ctx, [&] { ops.perturb_forward({x.view()}, perturb, {y.view()}); });
      count_bytes(state, 8.0 * 64 * 700);
    });
}

// Real and generated spectra; random numbers about as far apart as those of trained layers.
void add_minibatch(const Context& ctx, const test::cases::Minibatch& size) {
  const core::MinibatchKernels shape{size.kernels, size.depth, 2};
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const bool backward : {false, true})
    add(backward ? "minibatch_backward" : "minibatch_forward", ctx,
        fmt::format("2x{}x{}x{}", size.samples, size.kernels, size.depth),
        [=, &ctx, &ops](benchmark::State& state) {
          const Matrix m = random_matrix(ctx, 2 * size.samples, size.kernels * size.depth, 1);
          Matrix o = random_matrix(ctx, 2 * size.samples, size.kernels, 2),
                 dm(ctx, 2 * size.samples, size.kernels * size.depth);
          time(state, ctx, [&] {
            if (backward) return ops.minibatch_backward(m.view(), shape, o.view(), dm.view());
            ops.minibatch_forward(m.view(), shape, o.view());
          });
          state.counters["exponentials/s"] = benchmark::Counter(
              double(size.samples) * double(size.samples - 1) * double(size.kernels),
              benchmark::Counter::kIsIterationInvariantRate);
        });
}

void add_conv1d_transpose(const Context& ctx, const test::cases::Conv1dTranspose& size) {
  const core::Convolution shape{size.width, 2, (size.width - 2) / 2};
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const bool backward : {false, true})
    add(backward ? "conv1d_transpose_backward_dx" : "conv1d_transpose_forward", ctx,
        fmt::format("{}x{}x{}x{}x{}", size.samples, size.positions, size.features, size.filters,
                    size.width),
        [=, &ctx, &ops](benchmark::State& state) {
          const std::int64_t outputs = 2 * size.positions;
          const Matrix x = random_matrix(ctx, size.samples * size.positions, size.features, 1);
          Matrix weights = random_matrix(ctx, size.width * size.filters, size.features, 2),
                 gradient = random_matrix(ctx, size.width * size.filters, size.features, 2),
                 y = random_matrix(ctx, size.samples * outputs, size.filters, 3),
                 dx(ctx, size.samples * size.positions, size.features);
          time(state, ctx, [&] {
            if (!backward)
              return ops.conv1d_transpose_forward({x.view(), size.positions}, shape, weights.view(),
                                                  {}, core::Activation::leaky_relu,
                                                  {y.view(), outputs});
            ops.conv1d_transpose_backward({x.view(), size.positions}, shape, {y.view(), outputs},
                                          {weights.view(), gradient.view(), {}, {}}, {},
                                          {dx.view(), size.positions}, core::Into::replace);
          });
          const double flops = 2.0 * double(size.samples * size.positions) *
                               double(size.width * size.filters * size.features);
          count_flops(state, ctx, backward ? 2.0 * flops : flops);
        });
}

const Cases adversaries([](const Context& ctx) {
  if (!ctx.queue().ops().network) return;
  add_noise(ctx);
  for (const auto& size : test::cases::timed_minibatch) add_minibatch(ctx, size);
  for (const auto& size : test::cases::timed_conv1d_transpose) add_conv1d_transpose(ctx, size);
});

}  // namespace
}  // namespace whiteline::bench
