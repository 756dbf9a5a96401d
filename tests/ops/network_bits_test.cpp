// What networks compute on the CPU is the same bits on every instruction set and for any number of
// threads; and the formula of the branch on single channels.
#include <gtest/gtest.h>

#include "cpu/cpu_backend.hpp"
#include "formulas/pointwise.hpp"
#include "network_cases.hpp"
#include "support/instruction_sets.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::Into;
using core::NetworkOps;
using core::NormKind;
using core::Pass;
using core::Perturbation;
using test::Activation;
using test::DescentRule;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Table;

// Runs operations one after the other and keeps what they wrote.
class Recorder {
 public:
  Recorder(const Context& ctx, NetworkOps& ops) : ctx_(ctx), ops_(ops), state_(ctx, 1) {
    state_.fill(0);
  }

  void dense() {
    Framed x(ctx_, normal_table(70, 90, 1)), y(ctx_, Table(70, 53)), dx(ctx_, Table(70, 90));
    HeldParameter weights(ctx_, normal_table(90, 53, 2)), bias(ctx_, normal_table(1, 53, 3));
    ops_.dense_forward(x.view(), weights.values.view(), bias.values.view(), Activation::tanh,
                       y.view());
    keep(y);
    for (const auto rule : {DescentRule::adam, DescentRule::rmsprop, DescentRule::sgd}) {
      ops_.activation_backward(y.view(), Activation::tanh, y.view(), bias.get(), descent(rule),
                               y.view());
      ops_.dense_backward(x.view(), y.view(), weights.get(), descent(rule), dx.view(),
                          Into::replace);
    }
    for (Framed* each : {&y, &dx, &weights.values, &weights.mean, &weights.square, &bias.values})
      keep(*each);
  }

  void conv1d() {
    const core::Convolution shape{5, 2, 1};
    Framed x(ctx_, normal_table(9 * 120, 6, 1)), y(ctx_, Table(9 * 60, 19)),
        dx(ctx_, Table(9 * 120, 6));
    HeldParameter weights(ctx_, normal_table(30, 19, 2)), bias(ctx_, normal_table(1, 19, 3));
    ops_.conv1d_forward({x.view(), 120}, shape, weights.values.view(), bias.values.view(),
                        Activation::elu, {y.view(), 60});
    ops_.conv1d_backward({x.view(), 120}, shape, {y.view(), 60}, weights.get(),
                         descent(DescentRule::sgd), {dx.view(), 120}, Into::replace);
    for (Framed* each : {&y, &dx, &weights.values}) keep(*each);
    ops_.conv1d_transpose_forward({y.view(), 60}, shape, weights.values.view(), {}, Activation::elu,
                                  {x.view(), 120});
    ops_.conv1d_transpose_backward({y.view(), 60}, shape, {x.view(), 120}, weights.get(),
                                   descent(DescentRule::sgd), {y.view(), 60}, Into::add);
    for (Framed* each : {&x, &y, &weights.values}) keep(*each);
    Framed pooled(ctx_, Table(9 * 20, 19));
    for (const auto kind : {core::Pooling::max, core::Pooling::average}) {
      ops_.pool_forward({y.view(), 60}, {kind, 3, 3, 0}, {pooled.view(), 20});
      keep(pooled);
      ops_.pool_backward({y.view(), 60}, {kind, 3, 3, 0}, {pooled.view(), 20}, {y.view(), 60},
                         Into::add);
      keep(y);
    }
  }

  void norm(NormKind kind) {
    const std::int64_t rows = 700, columns = 45;
    Framed x(ctx_, normal_table(rows, columns, 1)), y(ctx_, Table(rows, columns)),
        dz(ctx_, normal_table(rows, columns, 2)), moving(ctx_, Table(2, columns));
    HeldParameter gamma(ctx_, normal_table(1, columns, 3)), beta(ctx_, Table(1, columns)),
        bias(ctx_, Table(1, columns));
    Buffer<double> saved(ctx_, 2 * rows);
    const core::Norm norm{
        kind,        Activation::tanh, Activation::selu, gamma.values.view(), beta.values.view(),
        saved.span()};
    ops_.norm_forward(x.view(), norm, Pass::training, moving.view(), state_.span(), y.view());
    ops_.norm_backward(x.view(), y.view(), norm, {gamma.get(), beta.get(), bias.get()},
                       descent(DescentRule::sgd), dz.view(), dz.view());
    for (Framed* each : {&y, &dz, &moving, &gamma.values, &beta.values, &bias.values}) keep(*each);
  }

  void pointwise(Activation activation) {
    Framed x(ctx_, normal_table(7, 130, 1)), y(ctx_, Table(7, 150)), sums(ctx_, Table(7, 150)),
        moving(ctx_, Table(2, 150));
    HeldParameter weights(ctx_, normal_table(1, 150, 2)), bias(ctx_, normal_table(1, 150, 3)),
        gamma(ctx_, normal_table(1, 150, 4)), beta(ctx_, normal_table(1, 150, 5));
    Buffer<double> saved(ctx_, 300);
    const core::PointwiseBranch branch{activation,
                                       true,
                                       weights.values.view(),
                                       bias.values.view(),
                                       gamma.values.view(),
                                       beta.values.view(),
                                       saved.span(),
                                       sums.view()};
    ops_.pointwise_forward(x.view(), branch, Pass::training, moving.view(), state_.span(),
                           y.view());
    ops_.pointwise_backward(x.view(), branch, {weights.get(), bias.get(), gamma.get(), beta.get()},
                            descent(DescentRule::sgd), y.view());
    for (Framed* each :
         {&y, &sums, &moving, &weights.values, &bias.values, &gamma.values, &beta.values})
      keep(*each);
  }

  void perturb(Perturbation kind) {
    Framed x(ctx_, normal_table(90, 210, 1));
    ops_.perturb_forward({x.view()},
                         {kind, kind == Perturbation::shot_noise ? 30.0f : 0.3f, 1.0f, 9,
                          formulas::Purpose::noise, 1, 2, state_.span(), 2},
                         {x.view()});
    keep(x);
  }

  void minibatch() {
    for (const core::MinibatchKernels& shape :
         {core::MinibatchKernels{37, 5, 2}, {19, 8, 1}, {3, 11, 2}}) {
      const std::int64_t columns = shape.kernels * shape.depth;
      Framed m(ctx_, normal_table(66, columns, 1)), o(ctx_, Table(66, shape.kernels)),
          dm(ctx_, Table(66, columns));
      ops_.minibatch_forward(m.view(), shape, o.view());
      ops_.minibatch_backward(m.view(), shape, o.view(), dm.view());
      for (Framed* each : {&o, &dm}) keep(*each);
    }
  }

  std::vector<float> all() {
    dense();
    conv1d();
    minibatch();
    for (const auto kind : {NormKind::layer, NormKind::batch}) norm(kind);
    for (const auto activation : {Activation::elu, Activation::selu, Activation::sigmoid})
      pointwise(activation);
    for (const auto kind :
         {Perturbation::dropout, Perturbation::gaussian_dropout, Perturbation::gaussian_noise,
          Perturbation::poisson_noise, Perturbation::shot_noise})
      perturb(kind);
    return kept_;
  }

 private:
  core::Descent descent(DescentRule rule) { return {rule, 0.01f, state_.span()}; }
  void keep(const Framed& from) {
    const Table table = from.take();
    kept_.insert(kept_.end(), table.values.begin(), table.values.end());
  }

  const Context& ctx_;
  NetworkOps& ops_;
  Buffer<core::TrainingState> state_;
  std::vector<float> kept_;
};

TEST(CpuNetwork, HasTheSameBitsOnEveryInstructionSet) {
  const Context ctx("cpu", {.threads = 1});
  core::ThreadPool pool(1);
  test::expect_same_bits("layers", [&](cpu::Isa isa) {
    const auto ops = cpu::make_network(pool, isa);
    return Recorder(ctx, *ops).all();
  });
}

TEST(CpuNetwork, HasTheSameBitsForAnyNumberOfThreads) {
  std::vector<std::uint32_t> first;
  for (const int threads : {1, 2, 4}) {
    const Context ctx("cpu", {.threads = threads});
    const auto got = test::bits(Recorder(ctx, *ctx.queue().ops().network).all());
    if (first.empty()) first = got;
    EXPECT_EQ(got, first) << threads << " threads";
  }
}

TEST(PointwiseFormula, ValuesAndSlopesAreThoseOfTheDefinition) {
  const auto expect = [](auto unit, Activation activation) {
    for (double z = -100.0; z < 20.0; z += 0.0137) {
      const auto got = unit(float(z));
      const double at_z = double(float(z));
      EXPECT_NEAR(got.value, test::reference::activated(activation, at_z),
                  4e-7 * (1.0 + std::abs(at_z)));
      EXPECT_NEAR(got.slope, test::reference::slope_at(activation, at_z), 1e-6);
    }
    EXPECT_EQ(unit(0.0f).value, 0.0f);
    EXPECT_TRUE(std::isnan(unit(std::numeric_limits<float>::quiet_NaN()).value));
  };
  expect([](float z) { return formulas::activated_unit<Activation::elu>(z); }, Activation::elu);
  expect([](float z) { return formulas::activated_unit<Activation::selu>(z); }, Activation::selu);
}

}  // namespace
}  // namespace whiteline
