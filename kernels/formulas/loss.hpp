// What one sample of a batch adds to the loss, from its logits, in float64 and in a fixed order.
#pragma once

#include <cmath>
#include <cstdint>

#include "double_math.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

WL_HD inline bool all_finite(const float* z, std::int64_t outputs) {
  for (std::int64_t k = 0; k < outputs; ++k)
    if (!(z[k] - z[k] == 0.0f)) return false;
  return true;
}

WL_HD inline std::int64_t first_largest(const float* z, std::int64_t outputs) {
  std::int64_t best = 0;
  for (std::int64_t k = 1; k < outputs; ++k)
    if (z[k] > z[best]) best = k;
  return best;
}

WL_HD inline double sum_of_exponentials(const float* z, std::int64_t outputs, double largest) {
  double sum = 0.0;
  for (std::int64_t k = 0; k < outputs; ++k) sum += precise_exponential(double(z[k]) - largest);
  return sum;
}

// 1 / (1 + e^-z), exact at both ends.
WL_HD inline double precise_logistic(double z) {
  const double e = precise_exponential(-fabs(z));
  return (z < 0.0 ? e : 1.0) / (1.0 + e);
}

// logsumexp(z) - z_label; scale (softmax - onehot) to dz, unless that is null.
WL_HD inline double softmax_cross_entropy(const float* z, std::int64_t outputs, std::int64_t label,
                                          double scale, float* dz) {
  const double largest = double(z[first_largest(z, outputs)]);
  const double sum = sum_of_exponentials(z, outputs, largest);
  if (dz)
    for (std::int64_t k = 0; k < outputs; ++k) {
      const double share = precise_exponential(double(z[k]) - largest) / sum;
      dz[k] = float(scale * (share - (k == label ? 1.0 : 0.0)));
    }
  return largest - double(z[label]) + precise_logarithm(sum);
}

// max(z, 0) - z t + log(1 + e^-|z|) of one logit and its target t in [0, 1].
WL_HD inline double binary_cross_entropy(double z, double target) {
  const double e = precise_exponential(-fabs(z));
  // A series where 1 + e would lose what e is.
  const double log_part = e > 1e-4 ? precise_logarithm(1.0 + e) : e * (1.0 - e * (0.5 - e / 3.0));
  return (z > 0.0 ? z : 0.0) - z * target + log_part;
}

// The mean over the outputs, whose targets are target(k); scale (sigmoid - target) / outputs to dz,
// unless that is null.
template <class Target>
WL_HD inline double mean_binary_cross_entropy(const float* z, std::int64_t outputs,
                                              const Target& target, double scale, float* dz) {
  double sum = 0.0;
  for (std::int64_t k = 0; k < outputs; ++k) {
    sum += binary_cross_entropy(double(z[k]), target(k));
    if (dz) dz[k] = float(scale * (precise_logistic(double(z[k])) - target(k)) / double(outputs));
  }
  return sum / double(outputs);
}

// The target of an output is 1 where it is the label's, of a single output the label itself.
WL_HD inline double sigmoid_cross_entropy(const float* z, std::int64_t outputs, std::int64_t label,
                                          double scale, float* dz) {
  return mean_binary_cross_entropy(
      z, outputs,
      [=](std::int64_t k) { return (outputs == 1 ? label == 1 : k == label) ? 1.0 : 0.0; }, scale,
      dz);
}

// All outputs have one target.
WL_HD inline double adversarial_cross_entropy(const float* z, std::int64_t outputs, double target,
                                              double scale, float* dz) {
  return mean_binary_cross_entropy(
      z, outputs, [=](std::int64_t) { return target; }, scale, dz);
}

// The label of the largest logit, the first of equal ones; of one logit: 1 where it is positive.
WL_HD inline std::int64_t predicted_label(const float* z, std::int64_t outputs) {
  return outputs == 1 ? (z[0] > 0.0f ? 1 : 0) : first_largest(z, outputs);
}

// Probabilities of the classes.
WL_HD inline void softmax_probabilities(const float* z, std::int64_t outputs, float* out) {
  const double largest = double(z[first_largest(z, outputs)]);
  const double sum = sum_of_exponentials(z, outputs, largest);
  for (std::int64_t k = 0; k < outputs; ++k)
    out[k] = float(precise_exponential(double(z[k]) - largest) / sum);
}

// Sigmoids divided by their sum; of one sigmoid: 1 - p, p.
WL_HD inline void sigmoid_probabilities(const float* z, std::int64_t outputs, float* out) {
  if (outputs == 1) {
    out[0] = float(precise_logistic(-double(z[0])));
    out[1] = float(precise_logistic(double(z[0])));
    return;
  }
  double sum = 0.0;
  for (std::int64_t k = 0; k < outputs; ++k) sum += precise_logistic(double(z[k]));
  for (std::int64_t k = 0; k < outputs; ++k) out[k] = float(precise_logistic(double(z[k])) / sum);
}

}  // namespace whiteline::formulas
