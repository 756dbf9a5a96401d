#include <gtest/gtest.h>

#include "cases/network.hpp"
#include "network_cases.hpp"

namespace whiteline::network_conv1d_test {
namespace {

using core::Convolution;
using core::Into;
using test::Activation;
using test::DescentRule;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Numbers;
using test::Table;
using test::reference::Map;

class NetworkConv1dTest : public test::NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkConv1dTest, test::all_backends(), test::backend_name);

struct Size {
  std::int64_t samples, positions, features, filters;
  Convolution shape;
  std::int64_t outputs;
};

Size valid(std::int64_t samples, std::int64_t positions, std::int64_t features,
           std::int64_t filters, std::int64_t width, std::int64_t stride = 1) {
  return {samples, positions,          features,
          filters, {width, stride, 0}, (positions - width) / stride + 1};
}
Size same(std::int64_t samples, std::int64_t positions, std::int64_t features, std::int64_t filters,
          std::int64_t width, std::int64_t stride = 1) {
  const std::int64_t outputs = (positions + stride - 1) / stride;
  const std::int64_t pad = std::max<std::int64_t>((outputs - 1) * stride + width - positions, 0);
  return {samples, positions, features, filters, {width, stride, pad / 2}, outputs};
}

const std::vector<Size> sizes = {
    valid(0, 9, 2, 3, 2),     valid(1, 1, 1, 1, 1),      valid(2, 33, 1, 11, 4),
    valid(3, 31, 11, 11, 4),  valid(9, 32, 3, 16, 3, 2), valid(2, 257, 1, 2, 6),
    valid(1, 20, 33, 31, 2),  valid(2, 17, 16, 33, 5),   valid(17, 14, 5, 32, 3, 3),
    valid(2, 40, 2, 257, 2),  same(2, 33, 1, 6, 7, 2),   same(3, 31, 6, 6, 5),
    same(2, 32, 6, 12, 5, 2), same(2, 33, 12, 24, 1, 2), same(1, 29, 16, 16, 3),
    same(2, 2, 3, 4, 7),      same(2, 5, 3, 4, 2, 4),    same(33, 15, 17, 48, 3)};

// And those that are timed, with two samples each.
std::vector<Size> all_sizes() {
  std::vector<Size> out = sizes;
  for (const auto& s : test::cases::timed_conv1d)
    out.push_back((s.same ? same : valid)(2, s.positions, s.features, s.filters, s.width, 1));
  return out;
}

std::string text(const Size& s) {
  return std::to_string(s.samples) + " x " + std::to_string(s.positions) + " x " +
         std::to_string(s.features) + ", " + std::to_string(s.filters) + " of " +
         std::to_string(s.shape.width) + " every " + std::to_string(s.shape.stride);
}

struct Given {
  Table x, weights, bias, dz;

  explicit Given(const Size& s)
      : x(normal_table(s.samples * s.positions, s.features, 1)),
        weights(normal_table(s.shape.width * s.features, s.filters, 2)),
        bias(normal_table(1, s.filters, 3)),
        dz(normal_table(s.samples * s.outputs, s.filters, 4)) {}
};

// Sums of `terms` products of normal numbers.
double allowed(std::int64_t terms) { return test::tolerance(terms, 8.0); }

TEST_P(NetworkConv1dTest, ForwardIsTheDefinition) {
  for (const Size& s : all_sizes())
    for (const Activation activation : {Activation::linear, Activation::elu}) {
      const Given given(s);
      Framed x(ctx(), given.x), weights(ctx(), given.weights), bias(ctx(), given.bias),
          y(ctx(), Table(s.samples * s.outputs, s.filters));
      ops().conv1d_forward({x.view(), s.positions}, s.shape, weights.view(), bias.view(),
                           activation, {y.view(), s.outputs});
      const Map from{Numbers(given.x), s.positions};
      const Numbers z = test::reference::conv1d(from, s.shape, Numbers(given.weights),
                                                Numbers(given.bias), s.outputs);
      test::expect_near(y.take(), test::reference::activated(activation, z),
                        allowed(given.weights.rows), text(s));
    }
}

TEST_P(NetworkConv1dTest, ForwardTakesNumbersThatLieEndToEnd) {
  const Size s = valid(3, 33, 1, 11, 4);
  const Given given(s);
  Matrix x = Matrix::from_host(ctx(), HostView(given.x.values.data(), 1, 99));
  Framed weights(ctx(), given.weights), y(ctx(), Table(s.samples * s.outputs, s.filters));
  ops().conv1d_forward({{x.view().data, 99, 1, 1}, 33}, s.shape, weights.view(), {},
                       Activation::linear, {y.view(), s.outputs});
  const Map from{Numbers(given.x), s.positions};
  test::expect_near(y.take(),
                    test::reference::conv1d(from, s.shape, Numbers(given.weights),
                                            Numbers(1, s.filters), s.outputs),
                    allowed(4));
}

TEST_P(NetworkConv1dTest, BackwardGivesTheGradientsOfTheDefinition) {
  for (const Size& s : all_sizes())
    for (const Into into : {Into::replace, Into::add}) {
      const Given given(s);
      const Table before = normal_table(s.samples * s.positions, s.features, 5);
      Framed x(ctx(), given.x), dz(ctx(), given.dz), dx(ctx(), before);
      HeldParameter weights(ctx(), given.weights);
      ops().conv1d_backward({x.view(), s.positions}, s.shape, {dz.view(), s.outputs}, weights.get(),
                            gradient_only(), {dx.view(), s.positions}, into);
      auto want =
          test::reference::conv1d_backward({Numbers(given.x), s.positions}, s.shape,
                                           Numbers(given.weights), {Numbers(given.dz), s.outputs});
      if (into == Into::add)
        for (std::size_t i = 0; i < before.values.size(); ++i)
          want.dx.values[i] += double(before.values[i]);
      test::expect_near(dx.take(), want.dx, allowed(s.shape.width * s.filters), text(s));
      test::expect_near(weights.gradient.take(), want.dweights, allowed(given.dz.rows), text(s));
    }
}

TEST_P(NetworkConv1dTest, TheDefinitionsGradientsAreItsSlopes) {
  for (const Size& s : {valid(2, 9, 2, 3, 4), same(2, 8, 2, 3, 3, 2)}) {
    const Given given(s);
    const Numbers x(given.x), weights(given.weights), dz(given.dz), none(1, s.filters);
    const auto all =
        test::reference::conv1d_backward({x, s.positions}, s.shape, weights, {dz, s.outputs});
    test::expect_same_slopes(
        all.dx,
        test::slopes(
            [&](const Numbers& v) {
              return test::reference::conv1d({v, s.positions}, s.shape, weights, none, s.outputs);
            },
            x, dz));
    test::expect_same_slopes(
        all.dweights,
        test::slopes(
            [&](const Numbers& v) {
              return test::reference::conv1d({x, s.positions}, s.shape, v, none, s.outputs);
            },
            weights, dz));
  }
}

TEST_P(NetworkConv1dTest, WeightsFollowTheirGradientAndInputsNeedNone) {
  const Size s = same(5, 40, 3, 8, 3);
  const Given given(s);
  Framed x(ctx(), given.x), dz(ctx(), given.dz);
  HeldParameter weights(ctx(), given.weights);
  ops().conv1d_backward({x.view(), s.positions}, s.shape, {dz.view(), s.outputs}, weights.get(),
                        descent(DescentRule::sgd, 0.25f), {}, Into::replace);
  const auto want =
      test::reference::conv1d_backward({Numbers(given.x), s.positions}, s.shape,
                                       Numbers(given.weights), {Numbers(given.dz), s.outputs});
  Numbers moved(given.weights);
  for (std::size_t i = 0; i < moved.values.size(); ++i)
    moved.values[i] -= 0.25 * want.dweights.values[i];
  test::expect_near(weights.values.take(), moved, allowed(given.dz.rows));
}

TEST_P(NetworkConv1dTest, FrozenWeightsLetGradientsPass) {
  const Size s = same(5, 40, 3, 8, 3);
  const Given given(s);
  Framed x(ctx(), given.x), dz(ctx(), given.dz), dx(ctx(), given.x), want(ctx(), given.x);
  HeldParameter weights(ctx(), given.weights), followed(ctx(), given.weights);
  ops().conv1d_backward({x.view(), s.positions}, s.shape, {dz.view(), s.outputs}, weights.get(),
                        {DescentRule::frozen, 0.1f, {}}, {dx.view(), s.positions}, Into::replace);
  ops().conv1d_backward({x.view(), s.positions}, s.shape, {dz.view(), s.outputs}, followed.get(),
                        gradient_only(), {want.view(), s.positions}, Into::replace);
  EXPECT_EQ(dx.take().values, want.take().values);
  EXPECT_EQ(weights.values.take().values, given.weights.values);
  for (const float g : weights.gradient.take().values) EXPECT_EQ(g, 0.0f);
}

// Keras: width 7 and stride 2 on 700 positions make 350, 2 zeros on the left and 3 on the right.
TEST_P(NetworkConv1dTest, SamePaddingPutsTheOddZeroOnTheRight) {
  const Size s = same(1, 700, 1, 1, 7, 2);
  EXPECT_EQ(s.outputs, 350);
  EXPECT_EQ(s.shape.left, 2);
  Table x(700, 1), weights(7, 1);
  x(0, 0) = x(699, 0) = 1.0f;
  for (std::int64_t k = 0; k < 7; ++k) weights(k, 0) = float(1 + k);
  Framed fx(ctx(), x), fw(ctx(), weights), fy(ctx(), Table(350, 1));
  ops().conv1d_forward({fx.view(), 700}, s.shape, fw.view(), {}, Activation::linear,
                       {fy.view(), 350});
  const Table y = fy.take();
  EXPECT_EQ(y(0, 0), 3.0f);    // position 0 meets tap 2
  EXPECT_EQ(y(1, 0), 1.0f);    // tap 0
  EXPECT_EQ(y(349, 0), 4.0f);  // position 699 meets tap 3: 698 - 2 + 3
  EXPECT_EQ(y(348, 0), 6.0f);
  EXPECT_EQ(y(347, 0), 0.0f);
}

}  // namespace
}  // namespace whiteline::network_conv1d_test
