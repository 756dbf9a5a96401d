// How parameters follow their gradients (core/ops/network.hpp).
#pragma once

#include "formulas/activation.hpp"
#include "formulas/optimizer.hpp"
#include "table.cuh"

namespace whiteline::kernels {

// core::Parameter
struct ParameterTables {
  Table<float> values, gradient, mean, square;
};

// core::Descent; where the state's numbers lie, or null with gradient_only.
struct Descent {
  formulas::DescentRule rule;
  float learning_rate;
  const std::uint32_t *step, *diverged;
};

// What a rule needs of the step that follows.
struct DescentStep {
  formulas::DescentRule rule;
  bool none;   // frozen, or the model has diverged
  float rate;  // Adam: formulas::adam_rate
};

__device__ inline DescentStep next_step(const Descent& descent) {
  using formulas::DescentRule;
  if (descent.rule == DescentRule::frozen) return {descent.rule, true, 0.0f};
  if (descent.rule == DescentRule::gradient_only) return {descent.rule, false, 0.0f};
  const bool adam = descent.rule == DescentRule::adam;
  return {
      descent.rule, *descent.diverged != 0,
      adam ? formulas::adam_rate(descent.learning_rate, *descent.step + 1) : descent.learning_rate};
}

__device__ inline void follow(const DescentStep& step, const ParameterTables& to, std::int64_t row,
                              std::int64_t column, float gradient) {
  using formulas::DescentRule;
  if (step.none) return;
  float& weight = to.values.row(row)[column];
  switch (step.rule) {
    case DescentRule::frozen:
      return;
    case DescentRule::gradient_only:
      to.gradient.row(row)[column] = gradient;
      return;
    case DescentRule::sgd:
      return formulas::sgd_step(weight, gradient, step.rate);
    case DescentRule::rmsprop:
      return formulas::rmsprop_step(weight, to.square.row(row)[column], gradient, step.rate);
    case DescentRule::adam:
      return formulas::adam_step(weight, to.mean.row(row)[column], to.square.row(row)[column],
                                 gradient, step.rate);
  }
}

// Activations by number, in device code.
WL_HD inline void activate(formulas::Activation activation, float (&z)[4]) {
  formulas::with_activation(activation, [&]<formulas::Activation known>() {
    for (int c = 0; c < 4; ++c) z[c] = formulas::activated<known>(z[c]);
  });
}
WL_HD inline float activated(formulas::Activation activation, float z) {
  return formulas::with_activation(
      activation, [&]<formulas::Activation known>() { return formulas::activated<known>(z); });
}
WL_HD inline float activation_slope(formulas::Activation activation, float y) {
  return formulas::with_activation(activation, [&]<formulas::Activation known>() {
    return formulas::activation_slope<known>(y);
  });
}

}  // namespace whiteline::kernels
