// The noise of counting, and what is drawn for noise: as distributed as it is to be.
#include <gtest/gtest.h>

#include <functional>

#include "network_cases.hpp"

namespace whiteline {
namespace {

using core::Perturb;
using core::Perturbation;
using formulas::Purpose;
using test::Framed;
using test::normal_table;
using test::Numbers;
using test::Table;

class NetworkNoiseTest : public test::NetworkTest {
 protected:
  Perturb perturb(Perturbation kind, float amount, float scale = 1.0f) {
    return {kind, amount, scale, 42, Purpose::shot_noise, 2, 5, state()};
  }
  Table noisy(const Table& x, const Perturb& how) {
    Framed from(ctx(), x), to(ctx(), Table(x.rows, x.cols));
    ops().perturb_forward({from.view()}, how, {to.view()});
    return to.take();
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, NetworkNoiseTest, test::all_backends(), test::backend_name);

double uniform(std::uint32_t drawn) { return (double(drawn >> 9) + 0.5) / 8388608.0; }
formulas::PhiloxWords words(std::int64_t block, std::uint32_t layer, std::uint32_t attempt = 0) {
  return formulas::philox_block(42, std::uint32_t(block), 0, layer, Purpose::shot_noise, 5,
                                attempt);
}
double drawn_quality(double quality) {
  const double f = 0.5 + uniform(words(0, 0).word[0]);
  return quality / (f * f);
}

// Counts of element `element`: inversion, or Hormann's PTRS.
double counts(double rate, std::int64_t element) {
  if (rate < 10.0) {
    double term = std::exp(-rate), sum = term, k = 0.0;
    while (uniform(words(element, 2).word[0]) > sum && k < 63.0) {
      k += 1.0;
      term *= rate / k;
      sum += term;
    }
    return k;
  }
  const double b = 0.931 + 2.53 * std::sqrt(rate), a = -0.059 + 0.02483 * b;
  for (std::uint32_t attempt = 0;; ++attempt)
    for (const int pair : {0, 2}) {
      const formulas::PhiloxWords drawn = words(element, 2, attempt);
      const double u = uniform(drawn.word[pair]) - 0.5, v = uniform(drawn.word[pair + 1]);
      const double w = 0.5 - std::abs(u), k = std::floor((2.0 * a / w + b) * u + rate + 0.43);
      if (w >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0)) return k;
      if (k < 0.0 || (w < 0.013 && v > w)) continue;
      const double left =
          std::log(v) + std::log(1.1239 + 1.1328 / (b - 3.4)) - std::log(a / (w * w) + b);
      if (left <= k * std::log(rate) - rate - std::lgamma(k + 1.0)) return k;
    }
}

TEST_P(NetworkNoiseTest, CountsAreDrawnAtTheRateOfEachNumber) {
  for (const float quality : {0.5f, 30.0f, 2000.0f, 1e8f})
    for (const auto& [rows, columns] :
         {std::pair{0, 5}, {1, 1}, {3, 31}, {5, 32}, {7, 33}, {9, 257}}) {
      Table x = normal_table(rows, columns, 1, 0.5f);
      const double q = drawn_quality(double(quality));
      Numbers want(x);
      for (std::int64_t i = 0; i < rows * columns; ++i) {
        double& value = want.values[test::at(i)];
        const double rate = q * std::max(value, 0.0);
        value += (counts(rate, i) - rate) / q;
      }
      test::expect_near(noisy(x, perturb(Perturbation::shot_noise, quality)), want,
                        test::tolerance(1, 1.0 + test::largest_magnitude(want)));
    }
}

TEST_P(NetworkNoiseTest, CountsOfWhatIsNoSpectrumAreNone) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  Table x(1, 5);
  x.values = {0.0f, -3.0f, nan, -infinity, infinity};
  const Table y = noisy(x, perturb(Perturbation::shot_noise, 100.0f));
  EXPECT_EQ(y(0, 0), 0.0f);
  EXPECT_EQ(y(0, 1), -3.0f);
  EXPECT_TRUE(std::isnan(y(0, 2)));
  EXPECT_EQ(y(0, 3), -infinity);
  EXPECT_EQ(y(0, 4), infinity);
}

TEST_P(NetworkNoiseTest, GradientsPassStraightThrough) {
  const Table dy = normal_table(5, 33, 1);
  Framed from(ctx(), dy), to(ctx(), Table(5, 33));
  ops().perturb_backward({from.view()}, perturb(Perturbation::shot_noise, 30.0f), {to.view()});
  EXPECT_EQ(to.take().values, dy.values);
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};
Moments moments(const std::vector<float>& x) {
  Moments m;
  for (const float value : x) m.mean += double(value) / double(x.size());
  for (const float value : x) m.variance += std::pow(double(value) - m.mean, 2) / double(x.size());
  return m;
}

// Five standard deviations of the means of so many draws.
TEST_P(NetworkNoiseTest, CountingKeepsTheMeanAndHasTheVarianceOfItsRate) {
  const std::int64_t rows = 20, columns = 1000;
  for (const float level : {0.02f, 0.3f, 1.0f})
    for (const float quality : {10.0f, 1000.0f}) {
      const Moments m = moments(
          noisy(Table(rows, columns, level), perturb(Perturbation::shot_noise, quality)).values);
      const double variance = double(level) / drawn_quality(double(quality));
      const double rate = double(level) * drawn_quality(double(quality));
      const auto draws = double(rows * columns);
      EXPECT_NEAR(m.mean, double(level), 5.0 * std::sqrt(variance / draws));
      EXPECT_NEAR(m.variance / variance, 1.0, 5.0 * std::sqrt((2.0 + 1.0 / rate) / draws));
    }
}

// Pearson's statistic of x in cells of equal probability, by the distribution function.
double chi_squared(const std::vector<float>& x, int cells,
                   const std::function<double(double)>& distribution) {
  std::vector<double> found(test::at(cells));
  for (const float value : x)
    found[test::at(std::min(int(distribution(double(value)) * cells), cells - 1))] += 1.0;
  const double expected = double(x.size()) / cells;
  double sum = 0.0;
  for (const double count : found) sum += std::pow(count - expected, 2) / expected;
  return sum;
}

TEST_P(NetworkNoiseTest, GaussianNoiseOnZerosIsNormal) {
  const Table z = noisy(Table(40, 1000), perturb(Perturbation::gaussian_noise, 1.0f));
  const Moments m = moments(z.values);
  EXPECT_NEAR(m.mean, 0.0, 5.0 / std::sqrt(40000.0));
  EXPECT_NEAR(m.variance, 1.0, 5.0 * std::sqrt(2.0 / 40000.0));
  const double statistic =
      chi_squared(z.values, 50, [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); });
  EXPECT_LT(statistic, 85.4);  // 0.1 % of 49 degrees of freedom
}

TEST_P(NetworkNoiseTest, PoissonNoiseHasThePoissonDistribution) {
  for (const double rate : {0.15, 0.5, 4.0}) {
    const Table y = noisy(Table(40, 1000), perturb(Perturbation::poisson_noise, float(rate)));
    std::vector<double> found(32);
    for (const float value : y.values) found[test::at(std::int64_t(value))] += 1.0;
    double statistic = 0.0, p = std::exp(-rate), rest = 1.0, rest_found = 40000.0;
    int cells = 0;
    for (int k = 0; rest * 40000.0 > 20.0; ++k) {
      statistic += std::pow(found[test::at(k)] - 40000.0 * p, 2) / (40000.0 * p);
      rest -= p;
      rest_found -= found[test::at(k)];
      p *= rate / (k + 1);
      ++cells;
    }
    statistic += std::pow(rest_found - 40000.0 * rest, 2) / (40000.0 * rest);
    EXPECT_LT(statistic, cells + 4.0 * std::sqrt(2.0 * cells)) << rate;
  }
}

}  // namespace
}  // namespace whiteline
