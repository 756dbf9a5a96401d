// Activations of networks and their derivatives, which follow from the output alone; Keras's
// constants. A template's F is float, or a vector of floats (src/cpu/simd_*.hpp).
#pragma once

#include <cstdint>

#include "math.hpp"

namespace whiteline::formulas {

enum class Activation : std::int32_t {
  linear,
  relu,
  sigmoid,
  tanh,
  elu,   // of alpha 1
  selu,  // G. Klambauer et al., "Self-normalizing neural networks", NIPS 2017
  exponential,
  leaky_relu,  // of slope 0.3
};

constexpr float selu_alpha = 1.6732632423543772f;
constexpr float selu_scale = 1.0507009873554805f;
constexpr float leaky_slope = 0.3f;

// 1 / (1 + e^-x).
template <class F>
WL_HD inline F logistic(F x) {
  return F(1.0f) / (F(1.0f) + exponential(-x));
}

template <Activation activation, class F>
WL_HD inline F activated(F z) {
  if constexpr (activation == Activation::relu) return select(z < F(0.0f), F(0.0f), z);
  if constexpr (activation == Activation::sigmoid) return logistic(z);
  if constexpr (activation == Activation::tanh) return hyperbolic_tangent(z);
  if constexpr (activation == Activation::elu)
    return select(z < F(0.0f), exponential(z) - F(1.0f), z);
  if constexpr (activation == Activation::selu)
    return F(selu_scale) * select(z < F(0.0f), F(selu_alpha) * (exponential(z) - F(1.0f)), z);
  if constexpr (activation == Activation::exponential) return exponential(z);
  if constexpr (activation == Activation::leaky_relu)
    return select(z < F(0.0f), F(leaky_slope) * z, z);
  if constexpr (activation == Activation::linear) return z;
}

// dy / dz of y = activated(z).
template <Activation activation, class F>
WL_HD inline F activation_slope(F y) {
  const F one(1.0f), zero(0.0f);
  if constexpr (activation == Activation::relu) return select(zero < y, one, zero);
  if constexpr (activation == Activation::sigmoid) return y * (one - y);
  if constexpr (activation == Activation::tanh) return multiply_add(-y, y, one);
  if constexpr (activation == Activation::elu) return select(zero < y, one, y + one);
  if constexpr (activation == Activation::selu)
    return select(zero < y, F(selu_scale), y + F(selu_scale * selu_alpha));
  if constexpr (activation == Activation::exponential) return y;
  if constexpr (activation == Activation::leaky_relu) return select(zero < y, one, F(leaky_slope));
  if constexpr (activation == Activation::linear) return one;
}

// Calls f with the activation as a template argument: f.template operator()<Activation::relu>().
template <class Function>
WL_HD inline auto with_activation(Activation activation, Function&& f) {
  switch (activation) {
    case Activation::relu:
      return f.template operator()<Activation::relu>();
    case Activation::sigmoid:
      return f.template operator()<Activation::sigmoid>();
    case Activation::tanh:
      return f.template operator()<Activation::tanh>();
    case Activation::elu:
      return f.template operator()<Activation::elu>();
    case Activation::selu:
      return f.template operator()<Activation::selu>();
    case Activation::exponential:
      return f.template operator()<Activation::exponential>();
    case Activation::leaky_relu:
      return f.template operator()<Activation::leaky_relu>();
    case Activation::linear:
      break;
  }
  return f.template operator()<Activation::linear>();
}

}  // namespace whiteline::formulas
