#include <gtest/gtest.h>

#include "formulas/poisson.hpp"
#include "network_cases.hpp"

namespace whiteline::network_perturb_test {
namespace {

using core::FeatureMap;
using core::Perturb;
using core::Perturbation;
using formulas::Purpose;
using test::Framed;
using test::normal_table;
using test::Numbers;
using test::Table;

class NetworkPerturbTest : public test::NetworkTest {
 protected:
  Perturb perturb(Perturbation kind, float amount, float scale = 1.0f) {
    return {kind, amount, scale, 42, Purpose::dropout, 3, 5, state()};
  }
  Table forward(const Table& x, const Perturb& how, std::int64_t positions = 1) {
    Framed from(ctx(), x), to(ctx(), Table(x.rows, x.cols));
    ops().perturb_forward({from.view(), positions}, how, {to.view(), positions});
    return to.take();
  }
  Table backward(const Table& dy, const Perturb& how, std::int64_t positions = 1) {
    Framed from(ctx(), dy), to(ctx(), Table(dy.rows, dy.cols));
    ops().perturb_backward({from.view(), positions}, how, {to.view(), positions});
    return to.take();
  }
  void count_steps(int steps) {
    for (int i = 0; i < steps; ++i) ops().end_step(state());
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkPerturbTest, test::all_backends(), test::backend_name);

const std::vector<std::pair<std::int64_t, std::int64_t>> sizes = {
    {0, 5}, {1, 1}, {3, 31}, {5, 32}, {7, 33}, {33, 257}, {2, 5000}};

// The word of an element as the contract gives it.
std::uint32_t word(std::int64_t element, std::uint32_t step) {
  return formulas::philox_block(42, std::uint32_t(element / 4), step, 3, Purpose::dropout, 5)
      .word[element % 4];
}
double uniform(std::uint32_t drawn) { return (double(drawn >> 9) + 0.5) / 8388608.0; }
double normal(std::int64_t element, std::uint32_t step) {
  const std::int64_t pair = element / 2 * 2;
  const double radius = std::sqrt(-2.0 * std::log(uniform(word(pair, step))));
  const double angle = 2.0 * M_PI * uniform(word(pair + 1, step));
  return radius * (element % 2 ? std::sin(angle) : std::cos(angle));
}

TEST_P(NetworkPerturbTest, DropoutKeepsElementsWhoseUniformNumberIsNotBelowTheShare) {
  count_steps(2);
  for (const auto& [rows, columns] : sizes)
    for (const float share : {0.0f, 0.2f, 0.9f}) {
      const Table x = normal_table(rows, columns, 1);
      const Perturb how = perturb(Perturbation::dropout, share);
      Numbers want(x);
      for (std::int64_t i = 0; i < rows * columns; ++i)
        want.values[test::at(i)] *=
            uniform(word(i, 2)) >= double(share) ? 1.0 / (1.0 - double(share)) : 0.0;
      test::expect_near(forward(x, how), want, test::tolerance(2, 40.0));
      test::expect_near(backward(x, how), want, test::tolerance(2, 40.0));
    }
}

TEST_P(NetworkPerturbTest, GaussianDropoutMultipliesByNormalNumbersAroundOne) {
  for (const auto& [rows, columns] : sizes)
    for (const float share : {0.2f, 0.9f}) {
      const Table x = normal_table(rows, columns, 1);
      const Perturb how = perturb(Perturbation::gaussian_dropout, share);
      Numbers want(x);
      const double deviation = std::sqrt(double(share) / (1.0 - double(share)));
      for (std::int64_t i = 0; i < rows * columns; ++i)
        want.values[test::at(i)] *= 1.0 + deviation * normal(i, 0);
      test::expect_near(forward(x, how), want, test::tolerance(2, 20.0));
      test::expect_near(backward(x, how), want, test::tolerance(2, 20.0));
    }
}

TEST_P(NetworkPerturbTest, NoiseIsAddedAndLetsGradientsPass) {
  for (const auto& [rows, columns] : sizes) {
    const Table x = normal_table(rows, columns, 1);
    const Perturb gaussian = perturb(Perturbation::gaussian_noise, 0.15f),
                  poisson = perturb(Perturbation::poisson_noise, 0.5f, 0.25f);
    Numbers with_gaussian(x), with_poisson(x);
    for (std::int64_t i = 0; i < rows * columns; ++i) {
      with_gaussian.values[test::at(i)] += 0.15 * normal(i, 0);
      double term = std::exp(-0.5), cumulative = term, count = 0.0;
      while (double(word(i, 0)) >= std::floor(cumulative * 4294967296.0) && count < 31.0) {
        count += 1.0;
        term *= 0.5 / count;
        cumulative += term;
      }
      with_poisson.values[test::at(i)] += 0.25 * count;
    }
    test::expect_near(forward(x, gaussian), with_gaussian, test::tolerance(2, 4.0));
    test::expect_near(forward(x, poisson), with_poisson, test::tolerance(2, 4.0));
    EXPECT_EQ(backward(x, gaussian).values, x.values);
    EXPECT_EQ(backward(x, poisson).values, x.values);
  }
}

TEST_P(NetworkPerturbTest, ElementwiseOnesWorkInPlace) {
  const Table x = normal_table(9, 33, 1);
  for (const auto kind : {Perturbation::dropout, Perturbation::gaussian_dropout,
                          Perturbation::gaussian_noise, Perturbation::poisson_noise}) {
    Framed both(ctx(), x);
    ops().perturb_forward({both.view()}, perturb(kind, 0.5f), {both.view()});
    EXPECT_EQ(both.take().values, forward(x, perturb(kind, 0.5f)).values);
  }
}

TEST_P(NetworkPerturbTest, StepsLayersAndModelsDrawDifferently) {
  const Table x(4, 64, 1.0f);
  const Perturb one = perturb(Perturbation::dropout, 0.5f);
  const std::vector<float> first = forward(x, one).values;
  EXPECT_EQ(forward(x, one).values, first);
  Perturb other = one;
  other.layer = 4;
  EXPECT_NE(forward(x, other).values, first);
  other = one;
  other.model = 6;
  EXPECT_NE(forward(x, other).values, first);
  count_steps(1);
  EXPECT_NE(forward(x, one).values, first);
}

TEST_P(NetworkPerturbTest, TranslationsMoveTheWholeBatchToOneSide) {
  Table x(2, 6);
  x.values = {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6};
  const std::vector<float> left = {3, 4, 5, 6, 5, 6, 3, 4, 5, 6, 5, 6},
                           right = {1, 2, 1, 2, 3, 4, 1, 2, 1, 2, 3, 4};
  int to_left = 0;
  for (int step = 0; step < 20; ++step) {
    const std::vector<float> y = forward(x, perturb(Perturbation::translation, 2.0f)).values;
    EXPECT_EQ(y, word(0, std::uint32_t(step)) < 0x80000000u ? left : right);
    to_left += y == left;
    count_steps(1);
  }
  EXPECT_GT(to_left, 3);
  EXPECT_LT(to_left, 17);
}

TEST_P(NetworkPerturbTest, RandomTranslationsDrawHowFarAndToWhichSide) {
  Table x(3, 33);
  for (std::int64_t i = 0; i < 99; ++i) x.values[test::at(i)] = float(i % 33);
  std::vector<int> counts(11);
  for (std::uint32_t step = 0; step < 300; ++step) {
    const Table y = forward(x, perturb(Perturbation::random_translation, 10.0f));
    const auto by = std::int64_t(1 + (std::uint64_t(word(0, step)) * 10 >> 32));
    const std::int64_t shift = word(1, step) < 0x80000000u ? by : -by;
    for (std::int64_t r = 0; r < 3; ++r)
      for (std::int64_t c = 0; c < 33; ++c)
        ASSERT_EQ(y(r, c), float(c + shift >= 0 && c + shift < 33 ? c + shift : c));
    ++counts[test::at(by)];
    count_steps(1);
  }
  EXPECT_EQ(counts[0], 0);
  double chi_squared = 0.0;
  for (std::size_t t = 1; t <= 10; ++t) chi_squared += std::pow(counts[t] - 30.0, 2) / 30.0;
  EXPECT_LT(chi_squared, 27.9);  // 0.1 % of 9 degrees of freedom
}

// Real and generated spectra: each draws for itself, but all are moved alike.
TEST_P(NetworkPerturbTest, StackedMinibatchesAreSeparateOnes) {
  const std::int64_t rows = 7, columns = 33;
  const Table x = normal_table(2 * rows, columns, 1);
  const auto half = [&](const Table& all, std::int64_t number) {
    Table part(rows, columns);
    std::copy_n(all.values.begin() + number * rows * columns, rows * columns, part.values.begin());
    return part;
  };
  for (const auto kind :
       {Perturbation::dropout, Perturbation::gaussian_dropout, Perturbation::gaussian_noise,
        Perturbation::poisson_noise, Perturbation::shot_noise, Perturbation::translation,
        Perturbation::random_translation}) {
    Perturb both = perturb(kind, kind < Perturbation::translation ? 0.5f : 20.0f), one = both;
    both.minibatches = 2;
    const Table y = forward(x, both), dx = backward(x, both);
    for (const std::int64_t number : {0, 1}) {
      one.attempt = std::uint32_t(128 * number);
      EXPECT_EQ(half(y, number).values, forward(half(x, number), one).values) << int(kind);
      EXPECT_EQ(half(dx, number).values, backward(half(x, number), one).values) << int(kind);
    }
    const bool moved =
        kind == Perturbation::translation || kind == Perturbation::random_translation;
    EXPECT_EQ(forward(half(x, 0), one).values == half(y, 0).values, moved) << int(kind);
  }
}

// <T x, y> = <x, T' y>, on spectra and on maps of features.
TEST_P(NetworkPerturbTest, TranslationsGradientIsItsAdjoint) {
  for (const auto& [samples, positions, features] :
       {std::tuple{3, 33, 1}, {2, 31, 5}, {1, 7, 33}, {4, 1, 257}})
    for (const float amount : {1.0f, 6.0f, 40.0f})
      for (int step = 0; step < 4; ++step) {
        const Table x = normal_table(samples * positions, features, 1),
                    dy = normal_table(samples * positions, features, 2);
        const Perturb how = perturb(
            step % 2 ? Perturbation::translation : Perturbation::random_translation, amount);
        const Table y = forward(x, how, positions), dx = backward(dy, how, positions);
        double left = 0.0, right = 0.0;
        for (std::size_t i = 0; i < x.values.size(); ++i) {
          left += double(y.values[i]) * double(dy.values[i]);
          right += double(x.values[i]) * double(dx.values[i]);
        }
        EXPECT_NEAR(left, right, 1e-4);
        count_steps(1);
      }
}

TEST(Poisson, TablesOfFixedRatesAreThoseOfTheDistribution) {
  const formulas::PoissonTable half = formulas::poisson_table(0.5);
  EXPECT_EQ(half.entry[0], 2605029347u);
  EXPECT_EQ(half.entry[1], 3907544021u);
  EXPECT_EQ(half.entry[2], 4233172689u);
  EXPECT_EQ(half.entry[3], 4287444134u);
  const formulas::PoissonTable low = formulas::poisson_table(0.15);
  EXPECT_EQ(low.entry[0], 3696712610u);
  EXPECT_EQ(low.entry[1], 4251219501u);
  EXPECT_EQ(formulas::poisson(half, 0u), 0);
  EXPECT_EQ(formulas::poisson(half, 2605029346u), 0);
  EXPECT_EQ(formulas::poisson(half, 2605029347u), 1);
  for (const double rate : {0.0, 0.15, 0.5, 3.0, 10.0}) {
    const formulas::PoissonTable table = formulas::poisson_table(rate);
    EXPECT_LE(formulas::poisson(table, 0xffffffffu), 31);
    for (int k = 1; k < table.size; ++k) EXPECT_GE(table.entry[k], table.entry[k - 1]);
  }
}

TEST(Philox, ThresholdsCutWordsWhereUniformNumbersPassTheShare) {
  for (const float share : {0.0f, 1e-9f, 0.2f, 0.3f, 0.5f, 0.7f, 0.9f, 0x1.fffffep-1f}) {
    const std::uint32_t threshold = formulas::threshold_of(share);
    EXPECT_GE(formulas::uniform(threshold), share);
    EXPECT_TRUE(threshold == 0 || formulas::uniform(threshold - 1) < share);
  }
}

}  // namespace
}  // namespace whiteline::network_perturb_test
