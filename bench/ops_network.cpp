// Layers of networks, forward and backward with the step of the optimiser.
#include <fmt/format.h>

#include "cases/network.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

using core::Activation;
using core::Into;
using core::NetworkOps;
using core::Pass;
using formulas::DescentRule;

std::string name(DescentRule rule) {
  return rule == DescentRule::sgd ? "sgd" : rule == DescentRule::adam ? "adam" : "rmsprop";
}

// A parameter, what an optimiser keeps of it, and a rate that changes next to nothing.
struct HeldParameter {
  Matrix values, mean, square;

  HeldParameter(const Context& ctx, std::int64_t rows, std::int64_t cols, unsigned seed)
      : values(random_matrix(ctx, rows, cols, seed)),
        mean(random_matrix(ctx, rows, cols, seed)),
        square(random_matrix(ctx, rows, cols, seed)) {}
  core::Parameter get() { return {values.view(), {}, mean.view(), square.view()}; }
};

struct Model {
  core::Buffer<core::TrainingState> state;

  explicit Model(const Context& ctx) : state(ctx, 1) { state.fill(0); }
  core::Descent descent(DescentRule rule) { return {rule, 1e-9f, state.span()}; }
};

void add_dense(const Context& ctx, const test::cases::Dense& size) {
  const std::string text = fmt::format("{}x{}x{}", size.rows, size.inputs, size.units);
  const double flops = 2.0 * double(size.rows) * double(size.inputs) * double(size.units);
  NetworkOps& ops = *ctx.queue().ops().network;
  add("dense_forward", ctx, text, [=, &ctx, &ops](benchmark::State& state) {
    const Matrix x = random_matrix(ctx, size.rows, size.inputs, 1);
    HeldParameter weights(ctx, size.inputs, size.units, 2), bias(ctx, 1, size.units, 3);
    Matrix y(ctx, size.rows, size.units);
    time(state, ctx, [&] {
      ops.dense_forward(x.view(), weights.values.view(), bias.values.view(), Activation::tanh,
                        y.view());
    });
    count_flops(state, ctx, flops);
  });
  for (const DescentRule rule : {DescentRule::sgd, DescentRule::rmsprop, DescentRule::adam})
    for (const bool input : {false, true})
      add(fmt::format("dense_backward_{}{}", name(rule), input ? "_dx" : ""), ctx, text,
          [=, &ctx, &ops](benchmark::State& state) {
            Model model(ctx);
            const Matrix x = random_matrix(ctx, size.rows, size.inputs, 1),
                         dz = random_matrix(ctx, size.rows, size.units, 2);
            HeldParameter weights(ctx, size.inputs, size.units, 3);
            Matrix dx(ctx, size.rows, size.inputs);
            time(state, ctx, [&] {
              ops.dense_backward(x.view(), dz.view(), weights.get(), model.descent(rule),
                                 input ? dx.view() : MatrixView(), Into::replace);
            });
            count_flops(state, ctx, input ? 2.0 * flops : flops);
          });
}

void add_norm(const Context& ctx, core::NormKind kind, std::int64_t rows, std::int64_t features) {
  const std::string what = kind == core::NormKind::layer ? "layer_norm" : "batch_norm";
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const bool backward : {false, true})
    add(what + (backward ? "_backward" : "_forward"), ctx, fmt::format("{}x{}", rows, features),
        [=, &ctx, &ops](benchmark::State& state) {
          Model model(ctx);
          const Matrix x = random_matrix(ctx, rows, features, 1),
                       dy = random_matrix(ctx, rows, features, 2);
          HeldParameter gamma(ctx, 1, features, 3), beta(ctx, 1, features, 4),
              bias(ctx, 1, features, 5);
          Matrix y(ctx, rows, features), moving = random_matrix(ctx, 2, features, 6);
          core::Buffer<double> saved(ctx, 2 * std::max(rows, features));
          const core::Norm norm{kind,
                                Activation::tanh,
                                Activation::linear,
                                gamma.values.view(),
                                beta.values.view(),
                                saved.span()};
          const auto forward = [&] {
            ops.norm_forward(x.view(), norm, Pass::training, moving.view(), model.state.span(),
                             y.view());
          };
          forward();
          time(state, ctx, [&] {
            if (!backward) return forward();
            ops.norm_backward(x.view(), y.view(), norm, {gamma.get(), beta.get(), bias.get()},
                              model.descent(DescentRule::sgd), dy.view(), y.view());
          });
          count_bytes(state, (backward ? 12.0 : 8.0) * double(rows) * double(features));
        });
}

void add_conv1d(const Context& ctx, const test::cases::Conv1d& size) {
  const std::int64_t outputs = size.same ? size.positions : size.positions - size.width + 1;
  const std::string text = fmt::format("{}x{}x{}x{}x{}", size.samples, size.positions,
                                       size.features, size.filters, size.width);
  const double flops = 2.0 * double(size.samples * outputs) * double(size.width * size.features) *
                       double(size.filters);
  const core::Convolution shape{size.width, 1, size.same ? (size.width - 1) / 2 : 0};
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const std::string what : {"forward", "backward", "backward_dx"})
    add("conv1d_" + what, ctx, text, [=, &ctx, &ops](benchmark::State& state) {
      Model model(ctx);
      Matrix numbers = random_matrix(ctx, size.samples * size.positions, size.features, 1);
      const Matrix dz = random_matrix(ctx, size.samples * outputs, size.filters, 2);
      MatrixView x = numbers.view();
      if (size.features == 1) x.stride = 1;  // spectra end to end
      HeldParameter weights(ctx, size.width * size.features, size.filters, 3),
          bias(ctx, 1, size.filters, 4);
      Matrix y(ctx, size.samples * outputs, size.filters),
          dx(ctx, size.samples * size.positions, size.features);
      time(state, ctx, [&] {
        if (what == "forward")
          return ops.conv1d_forward({x, size.positions}, shape, weights.values.view(),
                                    bias.values.view(), Activation::elu, {y.view(), outputs});
        ops.conv1d_backward({x, size.positions}, shape, {dz.view(), outputs}, weights.get(),
                            model.descent(DescentRule::sgd),
                            {what == "backward" ? MatrixView() : dx.view(), size.positions},
                            Into::replace);
      });
      count_flops(state, ctx, what == "backward_dx" ? 2.0 * flops : flops);
    });
}

void add_pointwise(const Context& ctx, const test::cases::Pointwise& size) {
  NetworkOps& ops = *ctx.queue().ops().network;
  for (const Activation activation : {Activation::elu, Activation::relu, Activation::tanh})
    for (const bool backward : {false, true})
      add(fmt::format("pointwise_{}_{}",
                      activation == Activation::elu    ? "elu"
                      : activation == Activation::relu ? "relu"
                                                       : "tanh",
                      backward ? "backward" : "forward"),
          ctx, fmt::format("{}x{}x{}", size.samples, size.channels, size.units),
          [=, &ctx, &ops](benchmark::State& state) {
            Model model(ctx);
            const Matrix x = random_matrix(ctx, size.samples, size.channels, 1),
                         dy = random_matrix(ctx, size.samples, size.units, 2);
            HeldParameter weights(ctx, 1, size.units, 3), bias(ctx, 1, size.units, 4),
                gamma(ctx, 1, size.units, 5), beta(ctx, 1, size.units, 6);
            Matrix y(ctx, size.samples, size.units), sums(ctx, size.samples, size.units),
                moving = random_matrix(ctx, 2, size.units, 7);
            core::Buffer<double> saved(ctx, 2 * size.units);
            const core::PointwiseBranch branch{activation,
                                               true,
                                               weights.values.view(),
                                               bias.values.view(),
                                               gamma.values.view(),
                                               beta.values.view(),
                                               saved.span(),
                                               sums.view()};
            const auto forward = [&] {
              ops.pointwise_forward(x.view(), branch, Pass::training, moving.view(),
                                    model.state.span(), y.view());
            };
            forward();
            time(state, ctx, [&] {
              if (!backward) return forward();
              ops.pointwise_backward(x.view(), branch,
                                     {weights.get(), bias.get(), gamma.get(), beta.get()},
                                     model.descent(DescentRule::sgd), dy.view());
            });
            state.counters["activations/s"] = benchmark::Counter(
                double(size.samples) * double(size.channels) * double(size.units),
                benchmark::Counter::kIsIterationInvariantRate);
          });
}

const Cases layers([](const Context& ctx) {
  if (!ctx.queue().ops().network) return;
  for (const auto& size : test::cases::timed_dense) add_dense(ctx, size);
  add_norm(ctx, core::NormKind::layer, 32, 890);
  add_norm(ctx, core::NormKind::batch, 32, 890);
  add_norm(ctx, core::NormKind::batch, 32 * 697, 11);
  for (const auto& size : test::cases::timed_conv1d) add_conv1d(ctx, size);
  for (const auto& size : test::cases::timed_pointwise) add_pointwise(ctx, size);
});

}  // namespace
}  // namespace whiteline::bench
