// Kernel functions of two centred rows: one dot product and what is known of each row.
#pragma once

#include <cstdint>

#include "formulas/math.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

enum class KernelFunction : std::int32_t { linear, polynomial, rbf, sigmoid };

// A float32 dot product is a chain of FMAs over this many channels, whose sum is added to the
// total.
constexpr std::int64_t dot_block = 256;

// 1 / |x| of a row whose float64 sum of squares (formulas::lane_sum) is given; 0 for a zero row.
WL_HD inline double inverse_norm(double sum_of_squares) {
  return sum_of_squares > 0.0 ? 1.0 / sqrt(sum_of_squares) : 0.0;
}

// One element of a prepared row: divided by the norm if asked, then centred.
WL_HD inline float prepared_element(float x, bool normalise, double inverse_norm, float mean) {
  return (normalise ? float(double(x) * inverse_norm) : x) - mean;
}

// linear is K = x~.z~: the dual does not see the shift, and rho takes w.mean afterwards. cosine is
// linear on rows that were normalised before they were centred.
struct KernelConstants {
  KernelFunction function;
  float gamma, coef0;
  std::int32_t degree;
  float mean_squared_norm;  // |mean|^2
};

// value^degree by squaring, degree >= 1.
template <class F>
WL_HD inline F integer_power(F value, std::int32_t degree) {
  F result = F(1.0f);
  for (; degree > 0; degree >>= 1) {
    if (degree & 1) result = result * value;
    value = value * value;
  }
  return result;
}

// dot = x~.z~; q and a of each row as in core::PreparedRows. The order of additions makes
// K(x, z) = K(z, x) bit for bit. K(x, x) = 1 for rbf needs dot = q there, which rounding may miss
// by an ulp, so callers set equal rows' squared distance through `same_row`. F is float and Mask
// bool, or vectors of them (formulas/math.hpp).
template <class F, class Mask>
WL_HD inline F kernel_value(const KernelConstants& k, F dot, F q_left, F q_right, F a_left,
                            F a_right, Mask same_row) {
  if (k.function == KernelFunction::linear) return dot;
  if (k.function == KernelFunction::rbf) {
    const F squared_distance = (q_left + q_right) - F(2.0f) * dot;
    const F clamped = select(squared_distance > F(0.0f), squared_distance, F(0.0f));
    return exponential(F(-k.gamma) * select(same_row, F(0.0f), clamped));
  }
  const F inner = dot + ((a_left + a_right) + F(k.mean_squared_norm));
  const F affine = multiply_add(F(k.gamma), inner, F(k.coef0));
  if (k.function == KernelFunction::polynomial) return integer_power(affine, k.degree);
  return hyperbolic_tangent(affine);
}

}  // namespace whiteline::formulas
