// What does not add up many numbers is the same bits on every device: numbers drawn, and what is
// done element by element.
#include <gtest/gtest.h>

#include "network_cases.hpp"
#include "support/instruction_sets.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::NetworkOps;
using core::Perturbation;
using test::Activation;
using test::DescentRule;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Table;

// A table, as the operations on one device leave it.
using Work =
    std::function<Table(const Context&, NetworkOps&, core::DeviceSpan<core::TrainingState>)>;

Table result_on(const Context& ctx, const Work& work) {
  Buffer<core::TrainingState> state(ctx, 1);
  const core::TrainingState begin{.step = 3, .diverged = 0, .rows = 0, .hits = 0, .loss = 0.0};
  state.write(0, {&begin, 1});
  return work(ctx, *ctx.queue().ops().network, state.span());
}

class NetworkDevicesTest : public test::NetworkTest {
 protected:
  void expect_the_cpus_bits(const Work& work, const std::string& what) {
    const Context cpu("cpu", {.threads = 1});
    EXPECT_EQ(test::bits(result_on(ctx(), work).values), test::bits(result_on(cpu, work).values))
        << what;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkDevicesTest, test::all_backends(), test::backend_name);

TEST_P(NetworkDevicesTest, DrawTheSameNumbers) {
  for (const auto kind :
       {Perturbation::dropout, Perturbation::gaussian_dropout, Perturbation::gaussian_noise,
        Perturbation::poisson_noise, Perturbation::translation, Perturbation::random_translation,
        Perturbation::shot_noise})
    for (const bool backward : {false, true}) {
      const bool moves =
          kind == Perturbation::translation || kind == Perturbation::random_translation;
      const float amount = moves ? 7.0f : kind == Perturbation::shot_noise ? 300.0f : 0.3f;
      expect_the_cpus_bits(
          [=](const Context& ctx, NetworkOps& ops, auto state) {
            core::Perturb perturb{kind, amount, 1.0f, 9, formulas::Purpose::noise, 1, 2, state};
            perturb.minibatches = 2;
            Framed x(ctx, normal_table(36, 33, 1)), y(ctx, Table(36, 33));
            if (backward)
              ops.perturb_backward({x.view(), 6}, perturb, {y.view(), 6});
            else
              ops.perturb_forward({x.view(), 6}, perturb, {y.view(), 6});
            return y.take();
          },
          std::to_string(int(kind)) + (backward ? ", backward" : ""));
    }
}

TEST_P(NetworkDevicesTest, StepTheSameWay) {
  for (const auto rule : {DescentRule::sgd, DescentRule::rmsprop, DescentRule::adam})
    expect_the_cpus_bits(
        [=](const Context& ctx, NetworkOps& ops, auto state) {
          HeldParameter bias(ctx, normal_table(1, 33, 1));
          Framed y(ctx, normal_table(1, 33, 2)), dz(ctx, normal_table(1, 33, 3));
          for (int i = 0; i < 3; ++i) {
            ops.activation_backward(y.view(), Activation::tanh, dz.view(), bias.get(),
                                    {rule, 0.01f, state}, dz.view());
            ops.end_step(state);
          }
          return bias.values.take();
        },
        std::to_string(int(rule)));
}

TEST_P(NetworkDevicesTest, ActivateAndPoolTheSameWay) {
  for (const Activation activation : test::activations)
    expect_the_cpus_bits(
        [=](const Context& ctx, NetworkOps& ops, auto) {
          Framed a(ctx, normal_table(35, 17, 1)), b(ctx, normal_table(35, 17, 2)),
              y(ctx, Table(35, 17)), pooled(ctx, Table(15, 17)), dy(ctx, normal_table(35, 17, 3));
          ops.add(a.view(), b.view(), activation, y.view());
          ops.pool_forward({y.view(), 7}, {core::Pooling::max, 3, 2, 0}, {pooled.view(), 3});
          ops.pool_backward({y.view(), 7}, {core::Pooling::max, 3, 2, 0}, {pooled.view(), 3},
                            {dy.view(), 7}, core::Into::add);
          return dy.take();
        },
        std::to_string(int(activation)));
}

TEST_P(NetworkDevicesTest, CompareSamplesTheSameWay) {
  for (const std::int64_t depth : {1, 8, 11})
    expect_the_cpus_bits(
        [=](const Context& ctx, NetworkOps& ops, auto) {
          const core::MinibatchKernels shape{5, depth, 2};
          Framed m(ctx, normal_table(14, 5 * depth, 1)), o(ctx, Table(14, 5)),
              dm(ctx, Table(14, 5 * depth));
          ops.minibatch_forward(m.view(), shape, o.view());
          ops.minibatch_backward(m.view(), shape, o.view(), dm.view());
          return dm.take();
        },
        std::to_string(depth));
}

}  // namespace
}  // namespace whiteline
