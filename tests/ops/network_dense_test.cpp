#include <gtest/gtest.h>

#include "cases/network.hpp"
#include "network_cases.hpp"

namespace whiteline::network_dense_test {
namespace {

using core::Into;
using test::Activation;
using test::DescentRule;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Numbers;
using test::Table;

class NetworkDenseTest : public test::NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkDenseTest, test::all_backends(), test::backend_name);

using Size = test::cases::Dense;
const std::vector<Size> sizes = {{0, 3, 5},    {3, 0, 5},    {3, 5, 0},    {1, 1, 1},
                                 {1, 33, 31},  {31, 1, 33},  {32, 31, 32}, {33, 32, 31},
                                 {32, 257, 5}, {5, 33, 257}, {257, 32, 33}};

// Numbers of inputs weights of standard deviation 1 / sqrt(inputs), so that sums are near 1.
Table weights_for(const Size& size, unsigned seed) {
  Table weights = normal_table(size.inputs, size.units, seed);
  for (float& w : weights.values) w /= std::sqrt(float(size.inputs));
  return weights;
}

// Of sums of `terms` products near 1, through a slope of at most e^5.
double allowed(std::int64_t terms) { return test::tolerance(terms, 5.0); }

TEST_P(NetworkDenseTest, ForwardIsActivationOfWeightedSums) {
  for (const Size& size : sizes)
    for (const Activation activation : test::activations) {
      const Table x = normal_table(size.rows, size.inputs, 1), weights = weights_for(size, 2),
                  bias = normal_table(1, size.units, 3);
      Framed fx(ctx(), x), fw(ctx(), weights), fb(ctx(), bias),
          fy(ctx(), Table(size.rows, size.units));
      ops().dense_forward(fx.view(), fw.view(), fb.view(), activation, fy.view());
      const Numbers z = test::reference::dense(Numbers(x), Numbers(weights), Numbers(bias));
      const Numbers y = test::reference::activated(activation, z);
      test::expect_near(fy.take(), y, allowed(size.inputs) * (1.0 + test::largest_magnitude(y)));
    }
}

TEST_P(NetworkDenseTest, ForwardWithoutABiasAddsNone) {
  const Size size{7, 20, 9};
  const Table x = normal_table(7, 20, 1), weights = weights_for(size, 2);
  Framed fx(ctx(), x), fw(ctx(), weights), fy(ctx(), Table(7, 9));
  ops().dense_forward(fx.view(), fw.view(), {}, Activation::linear, fy.view());
  test::expect_near(fy.take(), test::reference::dense(Numbers(x), Numbers(weights), Numbers(1, 9)),
                    allowed(20));
}

TEST_P(NetworkDenseTest, BackwardGivesTheGradientsOfTheDefinition) {
  for (const Size& size : sizes)
    for (const Into into : {Into::replace, Into::add}) {
      const Table x = normal_table(size.rows, size.inputs, 1), weights = weights_for(size, 2),
                  dz = normal_table(size.rows, size.units, 3),
                  before = normal_table(size.rows, size.inputs, 4);
      Framed fx(ctx(), x), fdz(ctx(), dz), fdx(ctx(), before);
      HeldParameter held(ctx(), weights);
      ops().dense_backward(fx.view(), fdz.view(), held.get(), gradient_only(), fdx.view(), into);
      auto want = test::reference::dense_backward(Numbers(x), Numbers(weights), Numbers(dz));
      if (into == Into::add)
        for (std::size_t i = 0; i < before.values.size(); ++i)
          want.dx.values[i] += double(before.values[i]);
      test::expect_near(fdx.take(), want.dx, allowed(size.units) * 5.0);
      test::expect_near(held.gradient.take(), want.dweights, allowed(size.rows) * 5.0);
      EXPECT_EQ(held.values.take().values, weights.values);
    }
}

TEST_P(NetworkDenseTest, TimedSizesAreTheDefinitionToo) {
  for (const Size& size : test::cases::timed_dense) {
    if (emulated() && size.inputs == 890) continue;  // takes long
    const Table x = normal_table(size.rows, size.inputs, 1), weights = weights_for(size, 2),
                dz = normal_table(size.rows, size.units, 3);
    Framed fx(ctx(), x), fdz(ctx(), dz), fy(ctx(), Table(size.rows, size.units)),
        fdx(ctx(), Table(size.rows, size.inputs));
    HeldParameter held(ctx(), weights);
    ops().dense_forward(fx.view(), held.values.view(), {}, Activation::linear, fy.view());
    ops().dense_backward(fx.view(), fdz.view(), held.get(), gradient_only(), fdx.view(),
                         Into::replace);
    const Numbers none(1, size.units);
    test::expect_near(fy.take(), test::reference::dense(Numbers(x), Numbers(weights), none),
                      allowed(size.inputs));
    const auto want = test::reference::dense_backward(Numbers(x), Numbers(weights), Numbers(dz));
    test::expect_near(fdx.take(), want.dx, allowed(size.units));
    test::expect_near(held.gradient.take(), want.dweights, allowed(size.rows) * 5.0);
  }
}

TEST_P(NetworkDenseTest, TheDefinitionsGradientsAreItsSlopes) {
  const Numbers x(normal_table(4, 6, 1)), weights(normal_table(6, 5, 2)),
      bias(normal_table(1, 5, 3)), dy(normal_table(4, 5, 4));
  for (const Activation activation : test::activations) {
    const auto forward = [&](const Numbers& from, const Numbers& w, const Numbers& b) {
      return test::reference::activated(activation, test::reference::dense(from, w, b));
    };
    const Numbers dz =
        test::reference::times_slope(activation, test::reference::dense(x, weights, bias), dy);
    const auto all = test::reference::dense_backward(x, weights, dz);
    test::expect_same_slopes(
        all.dx, test::slopes([&](const Numbers& v) { return forward(v, weights, bias); }, x, dy));
    test::expect_same_slopes(
        all.dweights,
        test::slopes([&](const Numbers& v) { return forward(x, v, bias); }, weights, dy));
    test::expect_same_slopes(
        test::reference::column_sums(dz),
        test::slopes([&](const Numbers& v) { return forward(x, weights, v); }, bias, dy));
  }
}

TEST_P(NetworkDenseTest, InputsGradientsComeFromTheWeightsBeforeTheirStep) {
  const Size size{32, 40, 50};
  const Table x = normal_table(32, 40, 1), weights = weights_for(size, 2),
              dz = normal_table(32, 50, 3);
  const auto want = test::reference::dense_backward(Numbers(x), Numbers(weights), Numbers(dz));
  Framed fx(ctx(), x), fdz(ctx(), dz), fdx(ctx(), Table(32, 40));
  HeldParameter held(ctx(), weights);
  ops().dense_backward(fx.view(), fdz.view(), held.get(), descent(DescentRule::sgd, 0.5f),
                       fdx.view(), Into::replace);
  test::expect_near(fdx.take(), want.dx, allowed(50) * 5.0);
  Numbers moved(weights);
  for (std::size_t i = 0; i < moved.values.size(); ++i)
    moved.values[i] -= 0.5 * want.dweights.values[i];
  test::expect_near(held.values.take(), moved, allowed(32) * 5.0);
}

TEST_P(NetworkDenseTest, ActivationsGradientsFollowFromOutputs) {
  for (const std::int64_t rows : {0, 1, 31, 33, 257, 600})
    for (const std::int64_t columns : {1, 16, 33})
      for (const Activation activation : test::activations) {
        const Numbers z(normal_table(rows, columns, 1)), dy(normal_table(rows, columns, 2));
        const Numbers y = test::reference::activated(activation, z);
        Framed fy(ctx(), test::rounded(y)), fdz(ctx(), test::rounded(dy));
        HeldParameter bias(ctx(), Table(1, columns));
        ops().activation_backward(fy.view(), activation, fdz.view(), bias.get(), gradient_only(),
                                  fdz.view());
        const Numbers dz = test::reference::times_slope(activation, z, dy);
        const double most = 1.0 + test::largest_magnitude(y);
        test::expect_near(fdz.take(), dz, test::tolerance(4, 4.0 * most));
        test::expect_near(bias.gradient.take(), test::reference::column_sums(dz),
                          test::tolerance(rows, 4.0 * most * std::sqrt(double(rows) + 1.0)));
      }
}

// What a weight of 0 becomes by one step after the other; the bias of a linear layer takes them.
TEST_P(NetworkDenseTest, OptimisersStepAsKerasDoes) {
  struct Case {
    DescentRule rule;
    std::vector<float> gradients;
    std::vector<double> weights;
  };
  const std::vector<Case> cases = {
      {DescentRule::sgd, {1, 2}, {-0.1, -0.3}},
      {DescentRule::rmsprop, {1e-4f}, {-0.0314658}},
      {DescentRule::rmsprop, {1, 1, 1}, {-0.3162276, -0.5456433, -0.7377379}},
      {DescentRule::adam, {1e-6f, 1e-6f, 1e-6f}, {-0.0240253, -0.0549217, -0.0902992}},
      {DescentRule::adam, {1, 2, 3}, {-0.0999997, -0.1965177, -0.2923178}}};
  for (const Case& each : cases)
    for (const std::int64_t columns : {1, 33}) {
      set_state({});
      HeldParameter bias(ctx(), Table(1, columns));
      for (std::size_t i = 0; i < each.gradients.size(); ++i) {
        Framed y(ctx(), Table(1, columns)), dy(ctx(), Table(1, columns, each.gradients[i]));
        ops().activation_backward(y.view(), Activation::linear, dy.view(), bias.get(),
                                  descent(each.rule), dy.view());
        ops().end_step(state());
        for (const float weight : bias.values.take().values)
          EXPECT_NEAR(weight, each.weights[i], 1e-7) << int(each.rule) << ", step " << i;
      }
    }
}

TEST_P(NetworkDenseTest, ADivergedModelStaysAsItIs) {
  set_state({.step = 5, .diverged = 1, .rows = 0, .hits = 0, .loss = 0.0});
  const Table start = normal_table(8, 9, 1);
  for (const DescentRule rule : {DescentRule::sgd, DescentRule::rmsprop, DescentRule::adam}) {
    HeldParameter weights(ctx(), start), bias(ctx(), normal_table(1, 9, 2));
    Framed x(ctx(), normal_table(4, 8, 3)), dz(ctx(), normal_table(4, 9, 4));
    ops().dense_backward(x.view(), dz.view(), weights.get(), descent(rule), {}, Into::replace);
    ops().activation_backward(dz.view(), Activation::linear, dz.view(), bias.get(), descent(rule),
                              dz.view());
    ops().end_step(state());
    EXPECT_EQ(weights.values.take().values, start.values);
    EXPECT_EQ(weights.square.take().values, Table(8, 9).values);
    EXPECT_EQ(bias.values.take().values, normal_table(1, 9, 2).values);
  }
  EXPECT_EQ(state_now().step, 5u);
}

TEST_P(NetworkDenseTest, AFrozenModelLetsGradientsPassAndStaysAsItIs) {
  const Table start = normal_table(8, 9, 1), none(8, 9);
  HeldParameter weights(ctx(), start), bias(ctx(), start), moved(ctx(), start);
  Framed x(ctx(), normal_table(4, 8, 3)), dz(ctx(), normal_table(4, 9, 4)), dx(ctx(), Table(4, 8)),
      want(ctx(), Table(4, 8));
  const core::Descent frozen{DescentRule::frozen, 0.1f, {}};
  ops().activation_backward(dz.view(), Activation::linear, dz.view(), bias.get(), frozen,
                            dz.view());
  ops().dense_backward(x.view(), dz.view(), weights.get(), frozen, dx.view(), Into::replace);
  ops().dense_backward(x.view(), dz.view(), moved.get(), descent(DescentRule::sgd), want.view(),
                       Into::replace);
  EXPECT_EQ(dx.take().values, want.take().values);
  for (HeldParameter* held : {&weights, &bias}) {
    EXPECT_EQ(held->values.take().values, start.values);
    for (Framed* kept : {&held->gradient, &held->mean, &held->square})
      EXPECT_EQ(kept->take().values, none.values);
  }
}

TEST_P(NetworkDenseTest, SumsAreActivated) {
  for (const std::int64_t rows : {0, 1, 33, 257})
    for (const Activation activation : test::activations) {
      const Table a = normal_table(rows, 31, 1), b = normal_table(rows, 31, 2);
      Framed fa(ctx(), a), fb(ctx(), b), fy(ctx(), Table(rows, 31));
      ops().add(fa.view(), fb.view(), activation, fy.view());
      Numbers sum(a);
      for (std::size_t i = 0; i < b.values.size(); ++i) sum.values[i] += double(b.values[i]);
      const Numbers y = test::reference::activated(activation, sum);
      test::expect_near(fy.take(), y, test::tolerance(2, 1.0 + 6.0 * test::largest_magnitude(y)));
    }
}

}  // namespace
}  // namespace whiteline::network_dense_test
