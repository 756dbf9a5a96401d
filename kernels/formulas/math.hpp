// Elementary functions with the same bits on every device: plain float32 arithmetic and explicit
// FMA, no library calls.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "host_device.hpp"

namespace whiteline::formulas {

WL_HD inline float multiply_add(float a, float b, float c) { return fmaf(a, b, c); }

WL_HD inline float from_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// e^x for x clamped to [-87, 88], at most 2 ulp off: n = round(x log2 e), two-part ln 2, degree-5
// polynomial (Cephes expf), scaled by 2^n. NaN stays NaN.
WL_HD inline float exponential(float x) {
  if (!(x == x)) return x;
  x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
  const float n = floorf(multiply_add(x, 1.44269504f, 0.5f));
  float r = multiply_add(n, -0.693359375f, x);
  r = multiply_add(n, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = multiply_add(p, r, 1.3981999507e-3f);
  p = multiply_add(p, r, 8.3334519073e-3f);
  p = multiply_add(p, r, 4.1665795894e-2f);
  p = multiply_add(p, r, 1.6666665459e-1f);
  p = multiply_add(p, r, 5.0000001201e-1f);
  p = multiply_add(p, r * r, r + 1.0f);
  return p * from_bits(std::uint32_t(std::int32_t(n) + 127) << 23);
}

// tanh x: an odd polynomial (Cephes tanhf) below 0.625, else (1 - e) / (1 + e), e = exp(-2 |x|).
WL_HD inline float hyperbolic_tangent(float x) {
  if (!(x == x)) return x;
  const float magnitude = x < 0.0f ? -x : x;
  if (magnitude < 0.625f) {
    const float s = x * x;
    float p = -5.70498872745e-3f;
    p = multiply_add(p, s, 2.06390887954e-2f);
    p = multiply_add(p, s, -5.37397155531e-2f);
    p = multiply_add(p, s, 1.33314422036e-1f);
    p = multiply_add(p, s, -3.33332819422e-1f);
    return multiply_add(p * s, x, x);
  }
  const float e = exponential(-2.0f * magnitude);
  const float t = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -t : t;
}

// ln x for normal x > 0, at most 2 ulp off: x = m 2^n with m in [sqrt 1/2, sqrt 2), polynomial in
// m - 1 (Cephes logf).
WL_HD inline float natural_logarithm(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  std::int32_t exponent = std::int32_t(bits >> 23) - 126;
  float m = from_bits((bits & 0x007fffffu) | 0x3f000000u);  // [1/2, 1)
  if (m < 0.707106781f) {
    exponent -= 1;
    m += m;
  }
  const float r = m - 1.0f, s = r * r, n = float(exponent);
  float p = 7.0376836292e-2f;
  p = multiply_add(p, r, -1.1514610310e-1f);
  p = multiply_add(p, r, 1.1676998740e-1f);
  p = multiply_add(p, r, -1.2420140846e-1f);
  p = multiply_add(p, r, 1.4249322787e-1f);
  p = multiply_add(p, r, -1.6668057665e-1f);
  p = multiply_add(p, r, 2.0000714765e-1f);
  p = multiply_add(p, r, -2.4999993993e-1f);
  p = multiply_add(p, r, 3.3333331174e-1f);
  float y = p * r * s;
  y = multiply_add(n, -2.12194440e-4f, y);
  y = multiply_add(s, -0.5f, y);
  return multiply_add(n, 0.693359375f, r + y);
}

struct SineCosine {
  float sine, cosine;
};

// Of 2 pi x for x in [0, 1]: x less its nearest quarter, polynomials (Cephes sinf, cosf) on
// [-pi/4, pi/4].
WL_HD inline SineCosine sine_cosine_of_turns(float x) {
  const float quarter = floorf(multiply_add(x, 4.0f, 0.5f));
  const float a = multiply_add(quarter, -0.25f, x) * 6.28318531f, s = a * a;
  float p = -1.9515295891e-4f;
  p = multiply_add(p, s, 8.3321608736e-3f);
  p = multiply_add(p, s, -1.6666654611e-1f);
  const float sine = multiply_add(p * s, a, a);
  p = 2.443315711809948e-5f;
  p = multiply_add(p, s, -1.388731625493765e-3f);
  p = multiply_add(p, s, 4.166664568298827e-2f);
  const float cosine = multiply_add(p * s, s, multiply_add(s, -0.5f, 1.0f));
  switch (std::int32_t(quarter) & 3) {
    case 0:
      return {sine, cosine};
    case 1:
      return {cosine, -sine};
    case 2:
      return {-sine, -cosine};
    default:
      return {-cosine, sine};
  }
}

}  // namespace whiteline::formulas
