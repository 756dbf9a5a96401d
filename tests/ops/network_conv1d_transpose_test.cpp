#include <gtest/gtest.h>

#include "cases/network.hpp"
#include "network_cases.hpp"
#include "reference/adversarial.hpp"

namespace whiteline::network_conv1d_transpose_test {
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

class NetworkConv1dTransposeTest : public test::NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkConv1dTransposeTest, test::all_backends(),
                         test::backend_name);

// Keras's `same`: positions * stride outputs.
struct Size {
  std::int64_t samples, positions, features, filters, width, stride;

  std::int64_t outputs() const { return positions * stride; }
  Convolution shape() const {
    return {width, stride, std::max<std::int64_t>(width - stride, 0) / 2};
  }
  std::string text() const {
    return std::to_string(samples) + " x " + std::to_string(positions) + " x " +
           std::to_string(features) + ", " + std::to_string(filters) + " of " +
           std::to_string(width) + " every " + std::to_string(stride);
  }
};
const std::vector<Size> sizes = {{1, 1, 1, 1, 1, 1},   {2, 5, 3, 2, 5, 2},   {3, 31, 16, 16, 5, 2},
                                 {2, 32, 16, 8, 5, 2}, {2, 33, 4, 33, 3, 1}, {4, 7, 31, 5, 2, 3},
                                 {1, 257, 2, 3, 4, 2}, {2, 9, 32, 32, 7, 4}, {0, 8, 3, 4, 5, 2}};

// And those that are timed, with two samples each.
std::vector<Size> all_sizes() {
  std::vector<Size> out = sizes;
  for (const auto& s : test::cases::timed_conv1d_transpose)
    out.push_back({2, s.positions, s.features, s.filters, s.width, 2});
  return out;
}

struct Given {
  Table x, weights, bias, dz;

  explicit Given(const Size& s)
      : x(normal_table(s.samples * s.positions, s.features, 1)),
        weights(normal_table(s.width * s.filters, s.features, 2)),
        bias(normal_table(1, s.filters, 3)),
        dz(normal_table(s.samples * s.outputs(), s.filters, 4)) {}
};

double allowed(std::int64_t terms) { return test::tolerance(terms, 8.0); }

TEST_P(NetworkConv1dTransposeTest, ForwardIsTheDefinition) {
  for (const Size& s : all_sizes())
    for (const Activation activation : {Activation::linear, Activation::leaky_relu}) {
      const Given given(s);
      Framed x(ctx(), given.x), weights(ctx(), given.weights), bias(ctx(), given.bias),
          y(ctx(), Table(s.samples * s.outputs(), s.filters));
      ops().conv1d_transpose_forward({x.view(), s.positions}, s.shape(), weights.view(),
                                     bias.view(), activation, {y.view(), s.outputs()});
      const Numbers z = test::reference::conv1d_transpose({Numbers(given.x), s.positions},
                                                          s.shape(), Numbers(given.weights),
                                                          Numbers(given.bias), s.outputs());
      test::expect_near(y.take(), test::reference::activated(activation, z),
                        allowed(s.width * s.features), s.text());
    }
}

TEST_P(NetworkConv1dTransposeTest, BackwardGivesTheGradientsOfTheDefinition) {
  for (const Size& s : all_sizes())
    for (const Into into : {Into::replace, Into::add}) {
      const Given given(s);
      const Table before = normal_table(s.samples * s.positions, s.features, 5);
      Framed x(ctx(), given.x), dz(ctx(), given.dz), dx(ctx(), before);
      HeldParameter weights(ctx(), given.weights);
      ops().conv1d_transpose_backward({x.view(), s.positions}, s.shape(), {dz.view(), s.outputs()},
                                      weights.get(), gradient_only(), {dx.view(), s.positions},
                                      into);
      auto want = test::reference::conv1d_transpose_backward({Numbers(given.x), s.positions},
                                                             s.shape(), Numbers(given.weights),
                                                             {Numbers(given.dz), s.outputs()});
      if (into == Into::add)
        for (std::size_t i = 0; i < before.values.size(); ++i)
          want.dx.values[i] += double(before.values[i]);
      test::expect_near(dx.take(), want.dx, allowed(s.width * s.filters), s.text());
      test::expect_near(weights.gradient.take(), want.dweights, allowed(given.x.rows), s.text());
    }
}

TEST_P(NetworkConv1dTransposeTest, TheDefinitionsGradientsAreItsSlopes) {
  for (const Size& s : {Size{2, 4, 2, 3, 5, 2}, Size{1, 3, 3, 2, 2, 3}}) {
    const Given given(s);
    const Numbers x(given.x), weights(given.weights), dz(given.dz), none(1, s.filters);
    const auto all = test::reference::conv1d_transpose_backward({x, s.positions}, s.shape(),
                                                                weights, {dz, s.outputs()});
    test::expect_same_slopes(all.dx, test::slopes(
                                         [&](const Numbers& v) {
                                           return test::reference::conv1d_transpose(
                                               {v, s.positions}, s.shape(), weights, none,
                                               s.outputs());
                                         },
                                         x, dz));
    test::expect_same_slopes(all.dweights, test::slopes(
                                               [&](const Numbers& v) {
                                                 return test::reference::conv1d_transpose(
                                                     {x, s.positions}, s.shape(), v, none,
                                                     s.outputs());
                                               },
                                               weights, dz));
  }
}

// <A x, y> = <x, A' y> with A the convolution of the same shape.
TEST_P(NetworkConv1dTransposeTest, IsTheAdjointOfTheConvolution) {
  for (const Size& s : all_sizes()) {
    const Given given(s);
    Framed x(ctx(), given.x), y(ctx(), given.dz), weights(ctx(), given.weights),
        up(ctx(), Table(y.view().rows, s.filters)), down(ctx(), Table(x.view().rows, s.features));
    ops().conv1d_transpose_forward({x.view(), s.positions}, s.shape(), weights.view(), {},
                                   Activation::linear, {up.view(), s.outputs()});
    ops().conv1d_forward({y.view(), s.outputs()}, s.shape(), weights.view(), {}, Activation::linear,
                         {down.view(), s.positions});
    const Table a = up.take(), b = down.take();
    double left = 0.0, right = 0.0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
      left += double(a.values[i]) * double(given.dz.values[i]);
    for (std::size_t i = 0; i < b.values.size(); ++i)
      right += double(b.values[i]) * double(given.x.values[i]);
    EXPECT_NEAR(left, right, test::tolerance(std::ssize(a.values) * s.width * s.features, 8.0))
        << s.text();
  }
}

TEST_P(NetworkConv1dTransposeTest, WeightsFollowTheirGradientAndInputsNeedNone) {
  const Size s{5, 20, 8, 3, 5, 2};
  const Given given(s);
  Framed x(ctx(), given.x), dz(ctx(), given.dz);
  HeldParameter weights(ctx(), given.weights);
  ops().conv1d_transpose_backward({x.view(), s.positions}, s.shape(), {dz.view(), s.outputs()},
                                  weights.get(), descent(DescentRule::sgd, 0.25f), {},
                                  Into::replace);
  const auto want = test::reference::conv1d_transpose_backward({Numbers(given.x), s.positions},
                                                               s.shape(), Numbers(given.weights),
                                                               {Numbers(given.dz), s.outputs()});
  Numbers moved(given.weights);
  for (std::size_t i = 0; i < moved.values.size(); ++i)
    moved.values[i] -= 0.25 * want.dweights.values[i];
  test::expect_near(weights.values.take(), moved, allowed(given.x.rows));
}

}  // namespace
}  // namespace whiteline::network_conv1d_transpose_test
