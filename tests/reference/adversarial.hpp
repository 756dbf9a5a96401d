// Layers of generators and discriminators by their definitions, in double.
#pragma once

#include "reference/network.hpp"

namespace whiteline::test::reference {

// body(i, j, k, exp(-sum_d |m_ikd - m_jkd|)) for all pairs of rows of a minibatch.
template <class Body>
void each_closeness(const Numbers& m, const core::MinibatchKernels& shape, Body&& body) {
  const std::int64_t rows = m.rows / shape.minibatches;
  for (std::int64_t i = 0; i < m.rows; ++i)
    for (std::int64_t j = i / rows * rows; j < (i / rows + 1) * rows; ++j)
      for (std::int64_t k = 0; k < shape.kernels; ++k) {
        double distance = 0.0;
        for (std::int64_t d = k * shape.depth; d < (k + 1) * shape.depth; ++d)
          distance += std::abs(m(i, d) - m(j, d));
        body(i, j, k, std::exp(-distance));
      }
}

inline Numbers minibatch(const Numbers& m, const core::MinibatchKernels& shape) {
  Numbers o(m.rows, shape.kernels);
  each_closeness(m, shape, [&](std::int64_t i, std::int64_t, std::int64_t k, double closeness) {
    o(i, k) += closeness;
  });
  return o;
}

// From g, the gradient with respect to the sums.
inline Numbers minibatch_backward(const Numbers& m, const core::MinibatchKernels& shape,
                                  const Numbers& g) {
  Numbers dm(m.rows, m.cols);
  each_closeness(m, shape, [&](std::int64_t i, std::int64_t j, std::int64_t k, double closeness) {
    for (std::int64_t d = k * shape.depth; d < (k + 1) * shape.depth; ++d) {
      const double difference = m(i, d) - m(j, d);
      const double sign = difference > 0.0 ? 1.0 : difference < 0.0 ? -1.0 : 0.0;
      dm(i, d) -= (g(i, k) + g(j, k)) * closeness * sign;
    }
  });
  return dm;
}

// The adjoint of a convolution, plus a bias: weights (width * features of z) x features of x.
inline Numbers conv1d_transpose(const Map& x, const core::Convolution& shape,
                                const Numbers& weights, const Numbers& bias, std::int64_t outputs) {
  const Map z{Numbers(x.samples() * outputs, bias.cols), outputs};
  Numbers sums = conv1d_backward(z, shape, weights, x).dx;
  for (std::int64_t r = 0; r < sums.rows; ++r)
    for (std::int64_t f = 0; f < sums.cols; ++f) sums(r, f) += bias(0, f);
  return sums;
}

inline Gradients conv1d_transpose_backward(const Map& x, const core::Convolution& shape,
                                           const Numbers& weights, const Map& dz) {
  return {conv1d(dz, shape, weights, Numbers(1, weights.cols), x.positions),
          conv1d_backward(dz, shape, weights, x).dweights};
}

}  // namespace whiteline::test::reference
