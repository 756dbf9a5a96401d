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

}  // namespace whiteline::formulas
