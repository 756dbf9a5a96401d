#include <gtest/gtest.h>

#include "network_cases.hpp"

namespace whiteline::network_norm_test {
namespace {

using core::Norm;
using core::NormKind;
using core::Pass;
using test::Activation;
using test::at;
using test::DescentRule;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Numbers;
using test::Table;

const std::vector<NormKind> kinds = {NormKind::layer, NormKind::batch};

class NetworkNormTest : public test::NetworkTest {
 protected:
  core::Buffer<double> room(NormKind kind, const Table& x) const {
    return {ctx(), 2 * (kind == NormKind::layer ? x.rows : x.cols)};
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkNormTest, test::all_backends(), test::backend_name);

const std::vector<std::pair<std::int64_t, std::int64_t>> sizes = {
    {0, 5}, {1, 1}, {1, 33}, {2, 31}, {31, 32}, {32, 257}, {33, 1}, {257, 16}, {600, 11}};

TEST_P(NetworkNormTest, ForwardIsTheDefinition) {
  for (const auto& [rows, columns] : sizes)
    for (const NormKind kind : kinds)
      for (const Activation after : {Activation::linear, Activation::relu, Activation::selu}) {
        const Table x = normal_table(rows, columns, 1, 0.5f), gamma = normal_table(1, columns, 2),
                    beta = normal_table(1, columns, 3);
        Framed fx(ctx(), x), fg(ctx(), gamma), fb(ctx(), beta), fy(ctx(), Table(rows, columns)),
            moving(ctx(), Table(2, columns, 1.0f));
        core::Buffer<double> saved = room(kind, x);
        const Norm norm{kind, Activation::linear, after, fg.view(), fb.view(), saved.span()};
        ops().norm_forward(fx.view(), norm, Pass::training,
                           kind == NormKind::batch ? moving.view() : MatrixView(), state(),
                           fy.view());
        const auto taken = test::reference::statistics(Numbers(x), kind);
        const Numbers y = test::reference::activated(
            after, test::reference::scaled(test::reference::normalised(Numbers(x), kind, taken),
                                           Numbers(gamma), Numbers(beta)));
        // A column of few rows may be 30 times as steep as x.
        test::expect_near(fy.take(), y, test::tolerance(4, 60.0));
        if (rows == 0) continue;
        const std::vector<double> kept = saved.to_host();
        for (std::size_t g = 0; g < taken.mean.size(); ++g) {
          EXPECT_NEAR(kept[g], taken.mean[g], 1e-13);
          const double inverse = 1.0 / std::sqrt(taken.variance[g] + 1e-3);
          EXPECT_NEAR(kept[g + taken.mean.size()], inverse, 1e-9 * inverse);
        }
        if (kind == NormKind::layer) continue;
        const Table now = moving.take();
        for (std::int64_t c = 0; c < columns; ++c) {
          EXPECT_NEAR(now(0, c), 0.99 + 0.01 * taken.mean[at(c)], 1e-6);
          EXPECT_NEAR(now(1, c), 0.99 + 0.01 * taken.variance[at(c)], 1e-6);
        }
      }
}

TEST_P(NetworkNormTest, InferenceTakesMovingStatistics) {
  const Table x = normal_table(33, 17, 1), gamma = normal_table(1, 17, 2),
              beta = normal_table(1, 17, 3);
  Table moving = normal_table(2, 17, 4);
  for (std::int64_t c = 0; c < 17; ++c) moving(1, c) = std::abs(moving(1, c));
  Framed fx(ctx(), x), fg(ctx(), gamma), fb(ctx(), beta), fm(ctx(), moving),
      fy(ctx(), Table(33, 17));
  ops().norm_forward(
      fx.view(),
      {NormKind::batch, Activation::linear, Activation::linear, fg.view(), fb.view(), {}},
      Pass::inference, fm.view(), state(), fy.view());
  test::reference::Statistics taken;
  for (std::int64_t c = 0; c < 17; ++c) {
    taken.mean.push_back(double(moving(0, c)));
    taken.variance.push_back(double(moving(1, c)));
  }
  test::expect_near(
      fy.take(),
      test::reference::scaled(test::reference::normalised(Numbers(x), NormKind::batch, taken),
                              Numbers(gamma), Numbers(beta)),
      test::tolerance(4, 60.0));
  EXPECT_EQ(fm.take().values, moving.values);
}

TEST_P(NetworkNormTest, BackwardGivesTheGradientsOfTheDefinition) {
  for (const auto& [rows, columns] : sizes)
    for (const NormKind kind : kinds)
      for (const auto& [before, after] : {std::pair{Activation::linear, Activation::linear},
                                          {Activation::tanh, Activation::linear},
                                          {Activation::linear, Activation::elu}}) {
        const Numbers z(normal_table(rows, columns, 1));
        const Table x = test::rounded(test::reference::activated(before, z));
        const Table gamma = normal_table(1, columns, 2), beta = normal_table(1, columns, 3),
                    dy = normal_table(rows, columns, 4);
        Framed fx(ctx(), x), fg(ctx(), gamma), fb(ctx(), beta), fy(ctx(), Table(rows, columns)),
            fdy(ctx(), dy);
        core::Buffer<double> saved = room(kind, x);
        const Norm norm{kind, before, after, fg.view(), fb.view(), saved.span()};
        ops().norm_forward(fx.view(), norm, Pass::training, {}, state(), fy.view());
        HeldParameter hg(ctx(), gamma), hb(ctx(), beta), bias(ctx(), Table(1, columns));
        ops().norm_backward(fx.view(), fy.view(), norm, {hg.get(), hb.get(), bias.get()},
                            gradient_only(), fdy.view(), fdy.view());
        const auto taken = test::reference::statistics(Numbers(x), kind);
        const Numbers scaled = test::reference::scaled(
            test::reference::normalised(Numbers(x), kind, taken), Numbers(gamma), Numbers(beta));
        const auto want = test::reference::norm_backward(
            Numbers(x), kind, Numbers(gamma),
            test::reference::times_slope(after, scaled, Numbers(dy)));
        const Numbers dz = test::reference::times_slope(before, z, want.dx);
        const double steep = 1.0 + test::largest_magnitude(want.dx);
        test::expect_near(fdy.take(), dz, test::tolerance(columns, 2.0 * steep));
        test::expect_near(
            hg.gradient.take(), want.dgamma,
            test::tolerance(rows, 2.0 * (1.0 + test::largest_magnitude(want.dgamma))));
        test::expect_near(hb.gradient.take(), want.dbeta,
                          test::tolerance(rows, 2.0 * (1.0 + test::largest_magnitude(want.dbeta))));
        test::expect_near(bias.gradient.take(), test::reference::column_sums(dz),
                          test::tolerance(rows * columns, 2.0 * steep));
      }
}

TEST_P(NetworkNormTest, TheDefinitionsGradientsAreItsSlopes) {
  const Numbers x(normal_table(5, 4, 1)), gamma(normal_table(1, 4, 2)), beta(normal_table(1, 4, 3)),
      dy(normal_table(5, 4, 4));
  for (const NormKind kind : kinds) {
    const auto forward = [&](const Numbers& from, const Numbers& g, const Numbers& b) {
      return test::reference::scaled(
          test::reference::normalised(from, kind, test::reference::statistics(from, kind)), g, b);
    };
    const auto want = test::reference::norm_backward(x, kind, gamma, dy);
    test::expect_same_slopes(
        want.dx, test::slopes([&](const Numbers& v) { return forward(v, gamma, beta); }, x, dy));
    test::expect_same_slopes(
        want.dgamma,
        test::slopes([&](const Numbers& v) { return forward(x, v, beta); }, gamma, dy));
    test::expect_same_slopes(
        want.dbeta, test::slopes([&](const Numbers& v) { return forward(x, gamma, v); }, beta, dy));
  }
}

TEST_P(NetworkNormTest, AFewNumbersComeOutAsKerasGivesThem) {
  Table x(1, 4);
  x.values = {1, 2, 3, 4};
  Framed fx(ctx(), x), ones(ctx(), Table(1, 4, 1.0f)), zeros(ctx(), Table(1, 4)),
      fy(ctx(), Table(1, 4));
  core::Buffer<double> saved = room(NormKind::layer, x);
  ops().norm_forward(fx.view(),
                     {NormKind::layer, Activation::linear, Activation::linear, ones.view(),
                      zeros.view(), saved.span()},
                     Pass::training, {}, state(), fy.view());
  Numbers want(1, 4);
  want.values = {-1.3411045, -0.4470348, 0.4470348, 1.3411045};
  test::expect_near(fy.take(), want, 2e-7);

  Table column(2, 1), start(2, 1);
  column.values = {0, 4};
  start.values = {0, 1};
  Framed fc(ctx(), column), one(ctx(), Table(1, 1, 1.0f)), zero(ctx(), Table(1, 1)),
      moving(ctx(), start), out(ctx(), Table(2, 1));
  core::Buffer<double> two(ctx(), 2);
  const Norm batch{NormKind::batch, Activation::linear, Activation::linear,
                   one.view(),      zero.view(),        two.span()};
  ops().norm_forward(fc.view(), batch, Pass::training, moving.view(), state(), out.view());
  EXPECT_NEAR(moving.take()(0, 0), 0.02, 1e-8);
  EXPECT_NEAR(moving.take()(1, 0), 1.03, 1e-7);  // biased; by Bessel's correction 1.07
  set_state({.step = 0, .diverged = 1, .rows = 0, .hits = 0, .loss = 0.0});
  ops().norm_forward(fc.view(), batch, Pass::training, moving.view(), state(), out.view());
  EXPECT_NEAR(moving.take()(1, 0), 1.03, 1e-7);
}

TEST_P(NetworkNormTest, OneRowHasNoVarianceAndNoGradient) {
  const Table x = normal_table(1, 33, 1), beta = normal_table(1, 33, 2);
  Framed fx(ctx(), x), ones(ctx(), Table(1, 33, 1.0f)), fb(ctx(), beta), fy(ctx(), Table(1, 33)),
      fdy(ctx(), normal_table(1, 33, 3));
  core::Buffer<double> saved = room(NormKind::batch, x);
  const Norm norm{NormKind::batch, Activation::linear, Activation::linear,
                  ones.view(),     fb.view(),          saved.span()};
  ops().norm_forward(fx.view(), norm, Pass::training, {}, state(), fy.view());
  test::expect_near(fy.take(), Numbers(beta), test::tolerance(1, 100.0));
  HeldParameter hg(ctx(), Table(1, 33)), hb(ctx(), Table(1, 33));
  ops().norm_backward(fx.view(), fy.view(), norm, {hg.get(), hb.get(), {}}, gradient_only(),
                      fdy.view(), fdy.view());
  test::expect_near(fdy.take(), Numbers(1, 33), test::tolerance(1, 100.0));
}

}  // namespace
}  // namespace whiteline::network_norm_test
