// Activations and their slopes together, for loops that do nothing else: of the branch on single
// channels (core::PointwiseBranch), some ten million a step. F is float, or a vector of floats
// (src/cpu/simd_*.hpp).
#pragma once

#include <cstdint>

#include "activation.hpp"

namespace whiteline::formulas {

// Where the sum of a whole number and this stands as float32, its lowest bits are the number's.
constexpr float whole_number_shift = 0x1.8p23f;

// x 2^n, shifted being n + whole_number_shift; x and the result are normal.
WL_HD inline float raised(float x, float shifted) {
  return from_bits(to_bits(x) + (to_bits(shifted) << 23));
}

// e^x for x <= 0, taken for -87 below that: relative error below 3e-7, 1 at 0. n = round(x / ln 2)
// and a polynomial of the rest (minimax of the relative error). Not for NaN.
template <class F>
WL_HD inline F exponential_below_one(F x) {
  const F y = larger(F(-87.0f), x);
  const F shifted = multiply_add(y, F(1.44269504f), F(whole_number_shift));
  const F n = shifted - F(whole_number_shift);
  const F r = multiply_add(n, F(-0.693147181f), y);
  F p = F(8.2902722061e-03f);
  p = multiply_add(p, r, F(4.1898161173e-02f));
  p = multiply_add(p, r, F(1.6667638719e-01f));
  p = multiply_add(p, r, F(4.9999147654e-01f));
  p = multiply_add(p, r, F(9.9999970198e-01f));
  p = multiply_add(p, r, F(1.0f));
  return raised(p, shifted);
}

template <class F>
struct ActivatedUnit {
  F value, slope;
};

// activated(z) to 1e-7 of 1 + |z|, and its slope at z. NaN gives NaN.
template <Activation activation, class F>
WL_HD inline ActivatedUnit<F> activated_unit(F z) {
  if constexpr (activation == Activation::elu || activation == Activation::selu) {
    const F above = larger(F(0.0f), z), e = exponential_below_one(smaller(F(0.0f), z));
    const F below = e - F(1.0f);
    if constexpr (activation == Activation::elu) return {above + below, e};
    const F value = F(selu_scale) * multiply_add(F(selu_alpha), below, above);
    return {value, activation_slope<activation>(value)};
  }
  const F value = activated<activation>(z);
  return {value, activation_slope<activation>(value)};
}

}  // namespace whiteline::formulas
