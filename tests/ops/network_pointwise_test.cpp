#include <gtest/gtest.h>

#include "cases/network.hpp"
#include "network_cases.hpp"

namespace whiteline::network_pointwise_test {
namespace {

using core::NormKind;
using core::Pass;
using core::PointwiseBranch;
using test::Activation;
using test::at;
using test::Framed;
using test::HeldParameter;
using test::normal_table;
using test::Numbers;
using test::Table;
namespace reference = test::reference;

class NetworkPointwiseTest : public test::NetworkTest {};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkPointwiseTest, test::all_backends(), test::backend_name);

using Size = test::cases::Pointwise;
// The last one is timed, with 32 samples.
const std::vector<Size> sizes = {{1, 1, 1},    {2, 31, 33},  {1, 257, 16}, {33, 32, 5},
                                 {3, 130, 31}, {2, 65, 257}, {2, 700, 648}};

constexpr core::PoolWindow over(std::int64_t channels) {
  return {core::Pooling::average, channels, channels, 0};
}

// The branch as the layers it is made of: Dense on each channel, batch normalisation, mean.
struct Definition {
  Numbers x, weights, bias, gamma, beta;
  Activation activation;
  bool normalised;

  Numbers z() const { return reference::dense(reference::one_column(x), weights, bias); }
  Numbers y() const {
    Numbers a = reference::activated(activation, z());
    if (normalised)
      a = reference::scaled(
          reference::normalised(a, NormKind::batch, reference::statistics(a, NormKind::batch)),
          gamma, beta);
    return reference::pooled({a, x.cols}, over(x.cols), 1);
  }
};

struct Gradients {
  Numbers weights, bias, gamma, beta;
};

Gradients gradients(const Definition& branch, const Numbers& dy) {
  const std::int64_t channels = branch.x.cols, units = branch.weights.cols;
  const Numbers z = branch.z(), a = reference::activated(branch.activation, z);
  Numbers da = reference::pool_backward({a, channels}, over(channels), {dy, 1});
  Gradients all{Numbers(1, units), Numbers(1, units), Numbers(1, units), Numbers(1, units)};
  if (branch.normalised) {
    const auto norm = reference::norm_backward(a, NormKind::batch, branch.gamma, da);
    da = norm.dx;
    all.gamma = norm.dgamma;
    all.beta = norm.dbeta;
  }
  const Numbers dz = reference::times_slope(branch.activation, z, da);
  all.weights =
      reference::dense_backward(reference::one_column(branch.x), branch.weights, dz).dweights;
  all.bias = reference::column_sums(dz);
  return all;
}

Definition random_branch(const Size& s, Activation activation, bool normalised) {
  return {Numbers(normal_table(s.samples, s.channels, 1)),
          Numbers(normal_table(1, s.units, 2)),
          Numbers(normal_table(1, s.units, 3)),
          Numbers(normal_table(1, s.units, 4)),
          Numbers(normal_table(1, s.units, 5)),
          activation,
          normalised};
}

// The largest mean of a column in units of its deviation: so many times the rounding of a number is
// that of the number less the mean.
double means_in_deviations(const Numbers& a) {
  const auto taken = reference::statistics(a, NormKind::batch);
  double most = 0.0;
  for (std::size_t u = 0; u < taken.mean.size(); ++u)
    most = std::max(most, std::abs(taken.mean[u]) / std::sqrt(taken.variance[u] + 1e-3));
  return most;
}

TEST_P(NetworkPointwiseTest, ForwardAndBackwardAreTheDefinition) {
  for (const Size& s : sizes)
    for (const Activation activation : test::activations)
      for (const bool normalised : {false, true}) {
        const bool timed = s.units == 648;
        if (timed && (activation != Activation::elu || emulated())) continue;  // takes long
        const Definition branch = random_branch(s, activation, normalised);
        const Numbers dy(normal_table(s.samples, s.units, 6));
        Framed x(ctx(), test::rounded(branch.x)), y(ctx(), Table(s.samples, s.units)),
            fdy(ctx(), test::rounded(dy)), sums(ctx(), Table(s.samples, s.units)),
            moving(ctx(), Table(2, s.units, 1.0f));
        HeldParameter weights(ctx(), test::rounded(branch.weights)),
            bias(ctx(), test::rounded(branch.bias)), gamma(ctx(), test::rounded(branch.gamma)),
            beta(ctx(), test::rounded(branch.beta));
        core::Buffer<double> saved(ctx(), 2 * s.units);
        const PointwiseBranch held{activation,         normalised,          weights.values.view(),
                                   bias.values.view(), gamma.values.view(), beta.values.view(),
                                   saved.span(),       sums.view()};
        ops().pointwise_forward(x.view(), held, Pass::training, moving.view(), state(), y.view());
        const Numbers a = reference::activated(activation, branch.z());
        const double steep = 1.0 + test::largest_magnitude(a);
        test::expect_near(y.take(), branch.y(), test::tolerance(64, 32.0 + steep));
        if (normalised) {
          const auto taken = reference::statistics(a, NormKind::batch);
          const Table now = moving.take();
          for (std::int64_t u = 0; u < s.units; ++u) {
            EXPECT_NEAR(now(0, u), 0.99 + 0.01 * taken.mean[at(u)], 1e-6 * steep);
            EXPECT_NEAR(now(1, u), 0.99 + 0.01 * taken.variance[at(u)], 1e-6 * steep * steep);
          }
        }
        ops().pointwise_backward(x.view(), held,
                                 {weights.get(), bias.get(), gamma.get(), beta.get()},
                                 gradient_only(), fdy.view());
        const Gradients want = gradients(branch, dy);
        const double lost = normalised ? means_in_deviations(a) : 0.0;
        const auto expect = [&](HeldParameter& parameter, const Numbers& gradient) {
          const double most = test::largest_magnitude(gradient);
          test::expect_near(parameter.gradient.take(), gradient,
                            test::tolerance(64 * s.samples, (8.0 + lost) * (1.0 + most) + steep));
        };
        expect(weights, want.weights);
        expect(bias, want.bias);
        if (!normalised) continue;
        expect(gamma, want.gamma);
        expect(beta, want.beta);
      }
}

TEST_P(NetworkPointwiseTest, TheDefinitionsGradientsAreItsSlopes) {
  const Definition branch = random_branch({3, 7, 4}, Activation::elu, true);
  const Numbers dy(normal_table(3, 4, 6));
  const Gradients want = gradients(branch, dy);
  const auto with = [&](Numbers Definition::*which) {
    return [&branch, which](const Numbers& v) {
      Definition changed = branch;
      changed.*which = v;
      return changed.y();
    };
  };
  test::expect_same_slopes(want.weights,
                           test::slopes(with(&Definition::weights), branch.weights, dy));
  test::expect_same_slopes(want.bias, test::slopes(with(&Definition::bias), branch.bias, dy));
  test::expect_same_slopes(want.gamma, test::slopes(with(&Definition::gamma), branch.gamma, dy));
  test::expect_same_slopes(want.beta, test::slopes(with(&Definition::beta), branch.beta, dy));
}

TEST_P(NetworkPointwiseTest, InferenceTakesMovingStatistics) {
  const Definition branch = random_branch({5, 40, 19}, Activation::tanh, true);
  Table moving = normal_table(2, 19, 7);
  for (std::int64_t u = 0; u < 19; ++u) moving(1, u) = std::abs(moving(1, u));
  Framed x(ctx(), test::rounded(branch.x)), weights(ctx(), test::rounded(branch.weights)),
      bias(ctx(), test::rounded(branch.bias)), gamma(ctx(), test::rounded(branch.gamma)),
      beta(ctx(), test::rounded(branch.beta)), fm(ctx(), moving), y(ctx(), Table(5, 19));
  ops().pointwise_forward(
      x.view(),
      {Activation::tanh, true, weights.view(), bias.view(), gamma.view(), beta.view(), {}, {}},
      Pass::inference, fm.view(), state(), y.view());
  reference::Statistics taken;
  for (std::int64_t u = 0; u < 19; ++u) {
    taken.mean.push_back(double(moving(0, u)));
    taken.variance.push_back(double(moving(1, u)));
  }
  const Numbers a = reference::activated(Activation::tanh, branch.z());
  const Numbers scaled = reference::scaled(reference::normalised(a, NormKind::batch, taken),
                                           branch.gamma, branch.beta);
  test::expect_near(y.take(), reference::pooled({scaled, 40}, over(40), 1),
                    test::tolerance(64, 60.0));
  EXPECT_EQ(fm.take().values, moving.values);
}

}  // namespace
}  // namespace whiteline::network_pointwise_test
