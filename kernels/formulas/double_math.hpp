// exp and ln in float64 with the same bits on every device: plain arithmetic, explicit FMA, series
// that end below the rounding error. Without branches, so that loops over channels become vectors.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "host_device.hpp"

namespace whiteline::formulas {

WL_HD inline std::uint64_t bits_of(double value) {
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
WL_HD inline double double_of(std::uint64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// e^x for x clamped to [-708, 709], at most 1 ulp off: n = round(x / ln 2), two-part ln 2, Taylor
// series to degree 13, scaled by 2^n. x must not be NaN.
WL_HD inline double precise_exponential(double x) {
  constexpr double to_integer = 0x1.8p52;  // n stands in the lowest bits of n + to_integer
  x = x < -708.0 ? -708.0 : x;
  x = x > 709.0 ? 709.0 : x;
  const double shifted = fma(x, 1.4426950408889634, to_integer);
  const double n = shifted - to_integer;
  double r = fma(n, -0.69314718055994529, x);
  r = fma(n, -2.3190468138462996e-17, r);
  double p = 1.0 / 6227020800.0;
  p = fma(p, r, 1.0 / 479001600.0);
  p = fma(p, r, 1.0 / 39916800.0);
  p = fma(p, r, 1.0 / 3628800.0);
  p = fma(p, r, 1.0 / 362880.0);
  p = fma(p, r, 1.0 / 40320.0);
  p = fma(p, r, 1.0 / 5040.0);
  p = fma(p, r, 1.0 / 720.0);
  p = fma(p, r, 1.0 / 120.0);
  p = fma(p, r, 1.0 / 24.0);
  p = fma(p, r, 1.0 / 6.0);
  p = fma(p, r, 0.5);
  p = fma(p, r, 1.0);
  p = fma(p, r, 1.0);
  return p * double_of((bits_of(shifted) << 52) + 0x3ff0000000000000u);
}

// ln x of a normal x > 0, at most 2 ulp off (near x = 1 too): x = 2^e m with m in [sqrt 1/2,
// sqrt 2), ln m = 2 (s + s^3 / 3 + ... + s^21 / 21), s = (m - 1) / (m + 1).
WL_HD inline double precise_logarithm(double x) {
  constexpr std::uint64_t one = 0x3ff0000000000000u, root_half = 0x3fe6a09e667f3bcdu;
  const std::uint64_t biased = bits_of(x) - root_half + one;  // its exponent field is e + 1023
  const double e = double_of((biased >> 52) + 0x4330000000000000u) - (0x1p52 + 1023.0);
  const double m = double_of(bits_of(x) - ((biased >> 52) << 52) + one);
  const double s = (m - 1.0) / (m + 1.0), ss = s * s;
  double p = 1.0 / 21.0;
  p = fma(p, ss, 1.0 / 19.0);
  p = fma(p, ss, 1.0 / 17.0);
  p = fma(p, ss, 1.0 / 15.0);
  p = fma(p, ss, 1.0 / 13.0);
  p = fma(p, ss, 1.0 / 11.0);
  p = fma(p, ss, 1.0 / 9.0);
  p = fma(p, ss, 1.0 / 7.0);
  p = fma(p, ss, 1.0 / 5.0);
  p = fma(p, ss, 1.0 / 3.0);
  const double twice = s + s;
  const double log_m = fma(p * ss, twice, twice);
  return fma(e, 0.69314718055994529, fma(e, 2.3190468138462996e-17, log_m));
}

}  // namespace whiteline::formulas
