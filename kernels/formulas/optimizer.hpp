// One step of a parameter along its gradient; Keras's forms and constants. A template's F is float,
// or a vector of floats (src/cpu/simd_*.hpp).
#pragma once

#include <cmath>
#include <cstdint>

#include "math.hpp"

namespace whiteline::formulas {

enum class DescentRule : std::int32_t {
  frozen,         // nothing is written: for gradients through a model that stays
  gradient_only,  // the gradient is
  sgd,
  rmsprop,
  adam
};

constexpr float descent_epsilon = 1e-7f;

// w -= rate g.
template <class F>
WL_HD inline void sgd_step(F& weight, F gradient, F rate) {
  weight = multiply_add(-rate, gradient, weight);
}

// T. Tieleman and G. Hinton, Coursera lecture 6.5 (2012), decay 0.9, epsilon inside the root.
template <class F>
WL_HD inline void rmsprop_step(F& weight, F& square, F gradient, F rate) {
  square = multiply_add(F(0.1f) * gradient, gradient, F(0.9f) * square);
  weight = weight - rate * gradient / square_root(square + F(descent_epsilon));
}

// D. P. Kingma and J. Ba, ICLR 2015, beta 0.9 and 0.999; rate is adam_rate(...) of the step.
template <class F>
WL_HD inline void adam_step(F& weight, F& mean, F& square, F gradient, F rate) {
  mean = multiply_add(F(0.1f), gradient - mean, mean);
  square = multiply_add(F(0.001f), multiply_add(gradient, gradient, -square), square);
  weight = weight - rate * mean / (square_root(square) + F(descent_epsilon));
}

// The learning rate times sqrt(1 - 0.999^step) / (1 - 0.9^step), step >= 1, in float64.
WL_HD inline float adam_rate(float learning_rate, std::uint32_t step) {
  double mean_left = 1.0, square_left = 1.0, mean_power = 0.9, square_power = 0.999;
  for (std::uint32_t rest = step; rest > 0; rest >>= 1) {
    if (rest & 1u) {
      mean_left *= mean_power;
      square_left *= square_power;
    }
    mean_power *= mean_power;
    square_power *= square_power;
  }
  return float(double(learning_rate) * sqrt(1.0 - square_left) / (1.0 - mean_left));
}

}  // namespace whiteline::formulas
