// Elementary functions with the same bits on every device: plain float32 arithmetic and explicit
// FMA, no library calls. A template's F is float, or a vector of floats with the operations below
// (src/cpu/simd_*.hpp), so that one lane of a vector is the scalar.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "host_device.hpp"

namespace whiteline::formulas {

WL_HD inline float multiply_add(float a, float b, float c) { return fmaf(a, b, c); }

WL_HD inline float rounded_down(float x) { return floorf(x); }

WL_HD inline float square_root(float x) { return sqrtf(x); }

WL_HD inline float select(bool condition, float yes, float no) { return condition ? yes : no; }

// b where they are equal or one is NaN, as the vector instructions have it.
WL_HD inline float smaller(float a, float b) { return a < b ? a : b; }
WL_HD inline float larger(float a, float b) { return a > b ? a : b; }

WL_HD inline float from_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
WL_HD inline std::uint32_t to_bits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Of a normal x > 0: x = binary_mantissa(x) 2^binary_exponent(x), the mantissa in
// [sqrt 1/2, sqrt 2).
constexpr std::uint32_t root_half_bits = 0x3f3504f3u;
WL_HD inline float binary_exponent(float x) {
  return float(std::int32_t(to_bits(x) - root_half_bits) >> 23);
}
WL_HD inline float binary_mantissa(float x) {
  const std::uint32_t bits = to_bits(x);
  return from_bits(bits - ((bits - root_half_bits) & 0xff800000u));
}

WL_HD inline float magnitude(float x) { return fabsf(x); }

// -x where the sign bit of `by` is set.
WL_HD inline float flipped(float x, float by) {
  return from_bits(to_bits(x) ^ (to_bits(by) & 0x80000000u));
}

// 2^n for a whole n in [-126, 127].
WL_HD inline float power_of_two(float n) {
  return from_bits(std::uint32_t(std::int32_t(n) + 127) << 23);
}

// e^x for x clamped to [-87, 88], at most 2 ulp off: n = round(x log2 e), two-part ln 2, degree-5
// polynomial (Cephes expf), scaled by 2^n. NaN stays NaN.
template <class F>
WL_HD inline F exponential(F x) {
  F y = select(x < F(-87.0f), F(-87.0f), x);
  y = select(y > F(88.0f), F(88.0f), y);
  y = select(x == x, y, F(0.0f));
  const F n = rounded_down(multiply_add(y, F(1.44269504f), F(0.5f)));
  F r = multiply_add(n, F(-0.693359375f), y);
  r = multiply_add(n, F(2.12194440e-4f), r);
  F p = F(1.9875691500e-4f);
  p = multiply_add(p, r, F(1.3981999507e-3f));
  p = multiply_add(p, r, F(8.3334519073e-3f));
  p = multiply_add(p, r, F(4.1665795894e-2f));
  p = multiply_add(p, r, F(1.6666665459e-1f));
  p = multiply_add(p, r, F(5.0000001201e-1f));
  p = multiply_add(p, r * r, r + F(1.0f));
  return select(x == x, p * power_of_two(n), x);
}

// tanh x, at most 2 ulp off: an odd polynomial (Cephes tanhf) below 0.625, else
// (1 - e) / (1 + e), e = exp(-2 |x|). NaN stays NaN.
template <class F>
WL_HD inline F hyperbolic_tangent(F x) {
  const F magnitude = select(x < F(0.0f), -x, x);
  const F s = x * x;
  F p = F(-5.70498872745e-3f);
  p = multiply_add(p, s, F(2.06390887954e-2f));
  p = multiply_add(p, s, F(-5.37397155531e-2f));
  p = multiply_add(p, s, F(1.33314422036e-1f));
  p = multiply_add(p, s, F(-3.33332819422e-1f));
  const F near = multiply_add(p * s, x, x);
  const F e = exponential(F(-2.0f) * magnitude);
  const F t = (F(1.0f) - e) / (F(1.0f) + e);
  const F far = select(x < F(0.0f), -t, t);
  return select(magnitude < F(0.625f), near, select(x == x, far, x));
}

// ln x for normal x > 0, at most 2 ulp off: x = m 2^n with m in [sqrt 1/2, sqrt 2), polynomial in
// m - 1 (Cephes logf).
template <class F>
WL_HD inline F natural_logarithm(F x) {
  const F r = binary_mantissa(x) - F(1.0f), s = r * r, n = binary_exponent(x);
  F p = F(7.0376836292e-2f);
  p = multiply_add(p, r, F(-1.1514610310e-1f));
  p = multiply_add(p, r, F(1.1676998740e-1f));
  p = multiply_add(p, r, F(-1.2420140846e-1f));
  p = multiply_add(p, r, F(1.4249322787e-1f));
  p = multiply_add(p, r, F(-1.6668057665e-1f));
  p = multiply_add(p, r, F(2.0000714765e-1f));
  p = multiply_add(p, r, F(-2.4999993993e-1f));
  p = multiply_add(p, r, F(3.3333331174e-1f));
  F y = p * r * s;
  y = multiply_add(n, F(-2.12194440e-4f), y);
  y = multiply_add(s, F(-0.5f), y);
  return multiply_add(n, F(0.693359375f), r + y);
}

// log2 x for normal x > 0, at most 2 ulp off: the exponent, and r plus r times a polynomial of the
// mantissa less 1, r (minimax of the relative error, by Remez' exchange).
template <class F>
WL_HD inline F binary_logarithm(F x) {
  const F r = binary_mantissa(x) - F(1.0f);
  F p = F(1.2583701313e-1f);
  p = multiply_add(p, r, F(-2.0726972818e-1f));
  p = multiply_add(p, r, F(2.1571560204e-1f));
  p = multiply_add(p, r, F(-2.3894482851e-1f));
  p = multiply_add(p, r, F(2.8791624308e-1f));
  p = multiply_add(p, r, F(-3.6070367694e-1f));
  p = multiply_add(p, r, F(4.8091062903e-1f));
  p = multiply_add(p, r, F(-7.2134733200e-1f));
  p = multiply_add(p, r, F(4.4269502163e-1f));
  return multiply_add(p, r, r + binary_exponent(x));
}

// 2^x for x clamped to [-126, 126], at most 2 ulp off: the nearest whole number and a polynomial of
// the rest (minimax of the relative error, by Remez' exchange). x is not NaN.
template <class F>
WL_HD inline F binary_exponential(F x) {
  const F y = larger(smaller(x, F(126.0f)), F(-126.0f));
  const F n = rounded_down(y + F(0.5f)), r = y - n;
  F p = F(1.5353361960e-4f);
  p = multiply_add(p, r, F(1.3398873853e-3f));
  p = multiply_add(p, r, F(9.6184369177e-3f));
  p = multiply_add(p, r, F(5.5503323674e-2f));
  p = multiply_add(p, r, F(2.4022647738e-1f));
  p = multiply_add(p, r, F(6.9314718246e-1f));
  return multiply_add(p, r, F(1.0f)) * power_of_two(n);
}

template <class F>
struct SineCosine {
  F sine, cosine;
};

// Of 2 pi x for x in [0, 1]: x less its nearest quarter, polynomials (Cephes sinf, cosf) on
// [-pi/4, pi/4].
template <class F>
WL_HD inline SineCosine<F> sine_cosine_of_turns(F x) {
  const F quarter = rounded_down(multiply_add(x, F(4.0f), F(0.5f)));
  const F a = multiply_add(quarter, F(-0.25f), x) * F(6.28318531f), s = a * a;
  F p = F(-1.9515295891e-4f);
  p = multiply_add(p, s, F(8.3321608736e-3f));
  p = multiply_add(p, s, F(-1.6666654611e-1f));
  const F sine = multiply_add(p * s, a, a);
  p = F(2.443315711809948e-5f);
  p = multiply_add(p, s, F(-1.388731625493765e-3f));
  p = multiply_add(p, s, F(4.166664568298827e-2f));
  const F cosine = multiply_add(p * s, s, multiply_add(s, F(-0.5f), F(1.0f)));
  const auto first = quarter == F(1.0f), second = quarter == F(2.0f), third = quarter == F(3.0f);
  const auto odd = first | third;
  const F across = select(odd, cosine, sine), along = select(odd, sine, cosine);
  return {select(second | third, -across, across), select(first | second, -along, along)};
}

}  // namespace whiteline::formulas
