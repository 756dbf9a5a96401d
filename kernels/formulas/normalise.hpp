// Statistics of normalised features, in float64; Keras's constants.
#pragma once

#include <cmath>

#include "host_device.hpp"

namespace whiteline::formulas {

constexpr double norm_epsilon = 1e-3;

WL_HD inline double inverse_deviation(double variance) {
  return 1.0 / sqrt(variance + norm_epsilon);
}

struct Moments {
  double mean, variance;  // biased
};

// Of `count` numbers with this sum and this sum of squares.
WL_HD inline Moments moments(double sum, double squares, double count) {
  const double mean = sum / count, variance = squares / count - mean * mean;
  return {mean, variance > 0.0 ? variance : 0.0};
}

// A running mean or variance after a batch of this one.
WL_HD inline float moved_statistic(float moving, double batch) {
  return float(0.99 * double(moving) + 0.01 * batch);
}

}  // namespace whiteline::formulas
