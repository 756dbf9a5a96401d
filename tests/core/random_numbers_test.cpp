#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <vector>

#include "formulas/math.hpp"
#include "formulas/normal.hpp"
#include "formulas/poisson.hpp"

namespace whiteline::formulas {
namespace {

double ulp(double value) {
  const float rounded = std::abs(float(value));
  return double(std::nextafter(rounded, std::numeric_limits<float>::infinity())) - double(rounded);
}

TEST(NaturalLogarithm, IsWithinTwoUlpOfTheDoubleLogarithm) {
  for (int i = 0; i < 200000; ++i) {
    const float x = uniform(std::uint32_t(i) * 21474u + 1u) * (i % 2 ? 1.0f : 3.0e4f);
    const double expected = std::log(double(x));
    ASSERT_NEAR(natural_logarithm(x), expected, 2.0 * ulp(expected)) << x;
  }
  EXPECT_EQ(natural_logarithm(1.0f), 0.0f);
  const float smallest = std::numeric_limits<float>::min();
  EXPECT_NEAR(natural_logarithm(smallest), std::log(double(smallest)), 2.0 * ulp(87.0));
}

TEST(SineAndCosine, OfTurnsAreTheDoubleOnes) {
  for (int i = 0; i <= 4096; ++i) {
    const float x = float(i) / 4096.0f;
    const SineCosine<float> got = sine_cosine_of_turns(x);
    const double angle = 2.0 * std::numbers::pi * double(x);
    ASSERT_NEAR(got.sine, std::sin(angle), 1.2e-7) << x;
    ASSERT_NEAR(got.cosine, std::cos(angle), 1.2e-7) << x;
  }
}

TEST(Normal, HasTheMomentsAndTheTailsOfTheNormalDistribution) {
  constexpr int blocks = 100000, numbers = 4 * blocks;
  double sum = 0.0, square = 0.0, cube = 0.0, fourth = 0.0, neighbours = 0.0, previous = 0.0;
  int beyond_two = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    const PhiloxWords words = philox_block(3, block, 0, 0, Purpose::noise);
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto x = double(normal(words, 4 * block + i));
      sum += x;
      square += x * x;
      cube += x * x * x;
      fourth += x * x * x * x;
      neighbours += x * previous;
      previous = x;
      beyond_two += std::abs(x) > 2.0;
    }
  }
  const double n = numbers, sigma = 1.0 / std::sqrt(n);
  EXPECT_NEAR(sum / n, 0.0, 4.0 * sigma);
  EXPECT_NEAR(square / n, 1.0, 4.0 * std::sqrt(2.0) * sigma);
  EXPECT_NEAR(cube / n, 0.0, 4.0 * std::sqrt(15.0) * sigma);
  EXPECT_NEAR(fourth / n, 3.0, 4.0 * std::sqrt(96.0) * sigma);
  EXPECT_NEAR(neighbours / n, 0.0, 4.0 * sigma);
  EXPECT_NEAR(beyond_two / n, 0.0455, 4.0 * std::sqrt(0.0455) * sigma);
}

TEST(Normal, StaysFiniteAtTheEndsOfTheUnitInterval) {
  for (const std::uint32_t word : {0u, ~0u}) {
    const NormalPair pair = normal_pair(word, ~0u);
    EXPECT_TRUE(std::isfinite(pair.first) && std::isfinite(pair.second));
    EXPECT_LT(std::hypot(pair.first, pair.second), 5.8f);
  }
}

TEST(LogFactorial, IsTheLogarithmOfTheGammaFunction) {
  for (const double k : {0.0, 1.0, 2.0, 9.0, 10.0, 11.0, 100.0, 1e6, 1e12}) {
    const double expected = std::lgamma(k + 1.0);
    EXPECT_NEAR(log_factorial(k), expected, 1e-9 + 1e-14 * expected) << k;
  }
}

std::vector<std::int64_t> poisson_numbers(double rate, int count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    numbers[std::size_t(i)] = poisson(rate, 11, std::uint32_t(i), 2, 5, Purpose::synth);
  return numbers;
}

class Poisson : public ::testing::TestWithParam<double> {};

TEST_P(Poisson, MeanAndVarianceAreTheRate) {
  const double rate = GetParam(), n = 100000;
  double sum = 0.0, square = 0.0;
  for (const std::int64_t k : poisson_numbers(rate, int(n))) {
    ASSERT_GE(k, 0);
    const double d = double(k) - rate;
    sum += d;
    square += d * d;
  }
  EXPECT_NEAR(sum / n, 0.0, 4.0 * std::sqrt(rate / n));
  // The fourth central moment is rate (1 + 3 rate).
  EXPECT_NEAR(square / n, rate, 4.0 * std::sqrt((rate + 2.0 * rate * rate) / n));
}

// Chi-squared over the values whose expected number is at least 10, the tails taken together; the
// limit is 4.5 standard deviations of a chi-squared variable.
TEST_P(Poisson, FollowsTheDistribution) {
  const double rate = GetParam();
  constexpr int n = 200000;
  if (rate > 1e5) GTEST_SKIP() << "too many values for a histogram";
  const auto probability = [&](double k) {
    return std::exp(k * std::log(rate) - rate - std::lgamma(k + 1.0));
  };
  const auto width = std::size_t(rate + 12.0 * std::sqrt(rate) + 20.0);
  std::vector<double> seen(width, 0.0);
  for (const std::int64_t k : poisson_numbers(rate, n)) {
    ASSERT_LT(std::size_t(k), width);
    seen[std::size_t(k)] += 1.0;
  }
  double chi_squared = 0.0, others_seen = n, others_expected = n;
  int cells = 0;
  for (std::size_t k = 0; k < width; ++k) {
    const double expected = n * probability(double(k));
    if (expected < 10.0) continue;
    chi_squared += (seen[k] - expected) * (seen[k] - expected) / expected;
    others_seen -= seen[k];
    others_expected -= expected;
    ++cells;
  }
  if (others_expected > 1.0) {
    const double d = others_seen - others_expected;
    chi_squared += d * d / others_expected;
    ++cells;
  }
  const double freedom = cells - 1;
  EXPECT_LT(chi_squared, freedom + 4.5 * std::sqrt(2.0 * freedom) + 4.0);
}

INSTANTIATE_TEST_SUITE_P(Rates, Poisson,
                         ::testing::Values(0.01, 0.5, 3.0, 9.999, 10.0, 12.5, 60.0, 1000.0, 3e4,
                                           1e7));

TEST(PoissonNumbers, AreZeroForRateZero) {
  for (const std::int64_t k : poisson_numbers(0.0, 1000)) EXPECT_EQ(k, 0);
}

TEST(PoissonNumbers, OfNeighboursAreIndependent) {
  constexpr double rate = 40.0, n = 50000;
  const std::vector<std::int64_t> numbers = poisson_numbers(rate, int(n));
  double product = 0.0;
  for (std::size_t i = 1; i < numbers.size(); ++i)
    product += (double(numbers[i]) - rate) * (double(numbers[i - 1]) - rate);
  EXPECT_NEAR(product / n / rate, 0.0, 4.0 / std::sqrt(n));
}

}  // namespace
}  // namespace whiteline::formulas
