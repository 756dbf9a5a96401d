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
WL_HD inline float integer_power(float value, std::int32_t degree) {
  float result = 1.0f;
  for (; degree > 0; degree >>= 1) {
    if (degree & 1) result *= value;
    value *= value;
  }
  return result;
}

// dot = x~.z~; q and a of each row as in core::PreparedRows. The order of additions makes
// K(x, z) = K(z, x) bit for bit. K(x, x) = 1 for rbf needs dot = q there, which rounding may miss
// by an ulp, so callers set equal rows' squared distance through `same_row`.
WL_HD inline float kernel_value(const KernelConstants& k, float dot, float q_left, float q_right,
                                float a_left, float a_right, bool same_row) {
  if (k.function == KernelFunction::linear) return dot;
  if (k.function == KernelFunction::rbf) {
    const float squared_distance = same_row ? 0.0f : (q_left + q_right) - 2.0f * dot;
    return exponential(-k.gamma * (squared_distance > 0.0f ? squared_distance : 0.0f));
  }
  const float inner = dot + ((a_left + a_right) + k.mean_squared_norm);
  const float affine = multiply_add(k.gamma, inner, k.coef0);
  if (k.function == KernelFunction::polynomial) return integer_power(affine, k.degree);
  return hyperbolic_tangent(affine);
}

}  // namespace whiteline::formulas
