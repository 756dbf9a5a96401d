// Kernel functions by their definitions, in double.
#pragma once

#include <whiteline/kernel_matrix.hpp>

#include <cmath>
#include <vector>

#include "support/framed.hpp"

namespace whiteline::test::reference {

inline double dot(const std::vector<float>& x, const std::vector<float>& z) {
  double sum = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) sum += double(x[c]) * double(z[c]);
  return sum;
}

inline double squared_distance(const std::vector<float>& x, const std::vector<float>& z) {
  double sum = 0.0;
  for (std::size_t c = 0; c < x.size(); ++c) {
    const double difference = double(x[c]) - double(z[c]);
    sum += difference * difference;
  }
  return sum;
}

// gamma is a number.
inline double kernel(const Kernel& k, const std::vector<float>& x, const std::vector<float>& z) {
  switch (k.type) {
    case KernelType::linear:
      return dot(x, z);
    case KernelType::polynomial:
      return std::pow(k.gamma * dot(x, z) + k.coef0, double(k.degree));
    case KernelType::rbf:
      return std::exp(-k.gamma * squared_distance(x, z));
    case KernelType::sigmoid:
      return std::tanh(k.gamma * dot(x, z) + k.coef0);
    case KernelType::cosine: {
      const double norms = std::sqrt(dot(x, x)) * std::sqrt(dot(z, z));
      return norms > 0.0 ? dot(x, z) / norms : 0.0;
    }
    case KernelType::precomputed:
      break;
  }
  return std::nan("");
}

// How far a float32 computation may be off: the rounding of its dot products (spectra of about
// these norms), times the kernel's slope there.
inline double kernel_magnitude(const Kernel& k, const std::vector<float>& x,
                               const std::vector<float>& z) {
  const double norms = std::sqrt(dot(x, x)) * std::sqrt(dot(z, z)), value = kernel(k, x, z);
  switch (k.type) {
    case KernelType::linear:
      return norms;
    case KernelType::polynomial: {
      const double size = k.gamma * norms + std::abs(k.coef0);
      return k.degree * std::pow(size, double(k.degree));
    }
    case KernelType::rbf:
      return value * (1.0 + k.gamma * (dot(x, x) + dot(z, z) + 2.0 * norms));
    case KernelType::sigmoid:
      return std::abs(value) + (1.0 - value * value) * (k.gamma * norms + std::abs(k.coef0)) + 1e-7;
    case KernelType::cosine:
      return 1.0;
    case KernelType::precomputed:
      break;
  }
  return 0.0;
}

}  // namespace whiteline::test::reference
