// Votes and probabilities of one-vs-one classifiers. Pair (a, b), a < b, has the number
// a (2 k - a - 1) / 2 + b - a - 1 of k classes.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

WL_HD inline std::int64_t pair_index(std::int32_t a, std::int32_t b, std::int32_t classes) {
  return std::int64_t(a) * (2 * classes - a - 1) / 2 + (b - a - 1);
}

// Platt's sigmoid without overflow: P(first) = 1 / (1 + exp(A f + B)).
WL_HD inline double platt_probability(double f, double A, double B) {
  const double z = A * f + B;
  const double e = exp(z < 0.0 ? z : -z);
  return z < 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

}  // namespace whiteline::formulas
