// Elementary functions over float32: all of it with WHITELINE_EXHAUSTIVE=1, else one number in 997.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "cpu/vector_kernels.hpp"
#include "formulas/kernel_function.hpp"
#include "formulas/math.hpp"

namespace whiteline {
namespace {

std::uint32_t bits(float value) {
  std::uint32_t out;
  std::memcpy(&out, &value, sizeof out);
  return out;
}

// Distance in units of the last place of the float32 nearest to `wanted`.
double ulps(float got, double wanted) {
  const float near = std::abs(float(wanted));
  const double ulp = double(std::nextafter(near, std::numeric_limits<float>::infinity())) - near;
  return std::abs(double(got) - wanted) / ulp;
}

bool exhaustive() {
  const char* wanted = std::getenv("WHITELINE_EXHAUSTIVE");
  return wanted && std::string(wanted) == "1";
}

// body(values) over blocks of float32 numbers, the special ones included.
template <class Body>
void over_all_floats(Body&& body) {
  const float infinity = std::numeric_limits<float>::infinity();
  body(std::vector<float>{0.0f, -0.0f, 1.0f, -1.0f, -87.0f, 88.0f, -87.5f, 89.0f, 0.625f, -0.625f,
                          std::nextafter(0.625f, 0.0f), infinity, -infinity,
                          std::numeric_limits<float>::denorm_min(),
                          std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()});
  std::vector<float> block;
  for (std::uint64_t i = 0; i < (std::uint64_t(1) << 32); i += exhaustive() ? 1 : 997) {
    const float value = formulas::from_bits(std::uint32_t(i));
    if (value == value) block.push_back(value);
    if (block.size() == 4096) {
      body(block);
      block.clear();
    }
  }
  body(block);
}

TEST(Math, ExponentialIsWithinTwoUlps) {
  double worst = 0.0;
  over_all_floats([&](const std::vector<float>& block) {
    for (const float x : block) {
      const double clamped = std::fmin(std::fmax(double(x), -87.0), 88.0);
      worst = std::fmax(worst, ulps(formulas::exponential(x), std::exp(clamped)));
    }
  });
  EXPECT_LE(worst, 2.0);
  EXPECT_EQ(formulas::exponential(0.0f), 1.0f);
  EXPECT_EQ(formulas::exponential(-0.0f), 1.0f);
}

TEST(Math, HyperbolicTangentIsWithinTwoUlps) {
  double worst = 0.0;
  over_all_floats([&](const std::vector<float>& block) {
    for (const float x : block)
      worst = std::fmax(worst, ulps(formulas::hyperbolic_tangent(x), std::tanh(double(x))));
  });
  EXPECT_LE(worst, 2.0);
  EXPECT_EQ(formulas::hyperbolic_tangent(1e9f), 1.0f);
  EXPECT_EQ(formulas::hyperbolic_tangent(-1e9f), -1.0f);
}

TEST(Math, BinaryLogarithmIsWithinTwoUlps) {
  double worst = 0.0;
  over_all_floats([&](const std::vector<float>& block) {
    for (const float x : block)
      if (std::isnormal(x) && x > 0.0f)
        worst = std::fmax(worst, ulps(formulas::binary_logarithm(x), std::log2(double(x))));
  });
  for (std::uint32_t i = bits(0.98f); i < bits(1.02f); ++i) {  // where it is near 0
    const float x = formulas::from_bits(i);
    worst = std::fmax(worst, ulps(formulas::binary_logarithm(x), std::log2(double(x))));
  }
  EXPECT_LE(worst, 2.0);
  for (int n = -126; n <= 127; ++n) EXPECT_EQ(formulas::binary_logarithm(std::ldexp(1.0f, n)), n);
}

TEST(Math, BinaryExponentialIsWithinTwoUlps) {
  double worst = 0.0;
  over_all_floats([&](const std::vector<float>& block) {
    for (const float x : block) {
      const double clamped = std::fmin(std::fmax(double(x), -126.0), 126.0);
      worst = std::fmax(worst, ulps(formulas::binary_exponential(x), std::exp2(clamped)));
    }
  });
  EXPECT_LE(worst, 2.0);
  for (int n = -126; n <= 126; ++n)
    EXPECT_EQ(formulas::binary_exponential(float(n)), std::ldexp(1.0f, n));
}

TEST(Math, NotANumberStaysNotANumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(formulas::exponential(nan)));
  EXPECT_TRUE(std::isnan(formulas::hyperbolic_tangent(nan)));
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (isa > cpu::best_isa()) continue;
    const std::vector<float> x(5, nan);
    std::vector<float> y(5, 0.0f);
    cpu::vector_kernels(isa).exponential(x.data(), 5, y.data());
    for (const float value : y) EXPECT_TRUE(std::isnan(value));
    cpu::vector_kernels(isa).hyperbolic_tangent(x.data(), 5, y.data());
    for (const float value : y) EXPECT_TRUE(std::isnan(value));
  }
}

TEST(Math, VectorsHaveTheBitsOfTheFormula) {
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (isa > cpu::best_isa()) continue;
    const cpu::VectorKernels& kernels = cpu::vector_kernels(isa);
    std::int64_t different = 0;
    over_all_floats([&](const std::vector<float>& x) {
      std::vector<float> y(x.size()), t(x.size());
      kernels.exponential(x.data(), std::int64_t(x.size()), y.data());
      kernels.hyperbolic_tangent(x.data(), std::int64_t(x.size()), t.data());
      for (std::size_t i = 0; i < x.size(); ++i)
        different += bits(y[i]) != bits(formulas::exponential(x[i])) ||
                     bits(t[i]) != bits(formulas::hyperbolic_tangent(x[i]));
    });
    EXPECT_EQ(different, 0) << name(isa);
  }
}

TEST(Math, PowersAreProducts) {
  for (const float value : {0.0f, 1.5f, -0.75f}) {
    float product = 1.0f;
    for (int degree = 1; degree <= 9; ++degree) {
      product *= value;
      EXPECT_NEAR(formulas::integer_power(value, degree), product, 1e-6f * std::abs(product));
    }
  }
}

}  // namespace
}  // namespace whiteline
