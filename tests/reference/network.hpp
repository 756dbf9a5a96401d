// Layers of networks by their definitions, in double, forward and backward.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/ops/network.hpp"
#include "support/framed.hpp"

namespace whiteline::test::reference {

using core::Activation;

// A table of doubles.
struct Numbers {
  std::int64_t rows = 0, cols = 0;
  std::vector<double> values;

  Numbers(std::int64_t rows, std::int64_t cols, double value = 0.0)
      : rows(rows), cols(cols), values(at(rows * cols), value) {}
  explicit Numbers(const Table& table)
      : rows(table.rows), cols(table.cols), values(table.values.begin(), table.values.end()) {}
  double& operator()(std::int64_t r, std::int64_t c) { return values[at(r * cols + c)]; }
  double operator()(std::int64_t r, std::int64_t c) const { return values[at(r * cols + c)]; }
};

inline double activated(Activation activation, double z) {
  const double alpha = 1.6732632423543772, scale = 1.0507009873554805;
  switch (activation) {
    case Activation::linear:
      return z;
    case Activation::relu:
      return std::max(z, 0.0);
    case Activation::sigmoid:
      return 1.0 / (1.0 + std::exp(-z));
    case Activation::tanh:
      return std::tanh(z);
    case Activation::elu:
      return z < 0.0 ? std::expm1(z) : z;
    case Activation::selu:
      return scale * (z < 0.0 ? alpha * std::expm1(z) : z);
    case Activation::exponential:
      return std::exp(z);
    case Activation::leaky_relu:
      return z < 0.0 ? 0.3 * z : z;
  }
  return 0.0;
}

// By z.
inline double slope_at(Activation activation, double z) {
  const double alpha = 1.6732632423543772, scale = 1.0507009873554805;
  switch (activation) {
    case Activation::linear:
      return 1.0;
    case Activation::relu:
      return z > 0.0 ? 1.0 : 0.0;
    case Activation::sigmoid: {
      const double y = 1.0 / (1.0 + std::exp(-z));
      return y * (1.0 - y);
    }
    case Activation::tanh:
      return 1.0 / (std::cosh(z) * std::cosh(z));
    case Activation::elu:
      return z < 0.0 ? std::exp(z) : 1.0;
    case Activation::selu:
      return scale * (z < 0.0 ? alpha * std::exp(z) : 1.0);
    case Activation::exponential:
      return std::exp(z);
    case Activation::leaky_relu:
      return z < 0.0 ? 0.3 : 1.0;
  }
  return 0.0;
}

inline Numbers activated(Activation activation, Numbers z) {
  for (double& value : z.values) value = activated(activation, value);
  return z;
}
// dy times the slopes at z.
inline Numbers times_slope(Activation activation, const Numbers& z, Numbers dy) {
  for (std::size_t i = 0; i < dy.values.size(); ++i)
    dy.values[i] *= slope_at(activation, z.values[i]);
  return dy;
}

inline Numbers column_sums(const Numbers& x) {
  Numbers sums(1, x.cols);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < x.cols; ++c) sums(0, c) += x(r, c);
  return sums;
}

// x weights + bias.
inline Numbers dense(const Numbers& x, const Numbers& weights, const Numbers& bias) {
  Numbers z(x.rows, weights.cols);
  for (std::int64_t r = 0; r < z.rows; ++r)
    for (std::int64_t c = 0; c < z.cols; ++c) {
      z(r, c) = bias(0, c);
      for (std::int64_t k = 0; k < x.cols; ++k) z(r, c) += x(r, k) * weights(k, c);
    }
  return z;
}

struct Gradients {
  Numbers dx, dweights;
};

inline Gradients dense_backward(const Numbers& x, const Numbers& weights, const Numbers& dz) {
  Gradients all{Numbers(x.rows, x.cols), Numbers(weights.rows, weights.cols)};
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t k = 0; k < x.cols; ++k)
      for (std::int64_t c = 0; c < weights.cols; ++c) {
        all.dx(r, k) += dz(r, c) * weights(k, c);
        all.dweights(k, c) += dz(r, c) * x(r, k);
      }
  return all;
}

// A map of features of samples: rows sample * positions + position.
struct Map {
  Numbers values;
  std::int64_t positions;

  std::int64_t samples() const { return values.rows / positions; }
};

// body(row of x, row of z, tap) for all that meet.
template <class Body>
void each_meeting(const Map& x, std::int64_t outputs, const core::Convolution& shape, Body&& body) {
  for (std::int64_t b = 0; b < x.samples(); ++b)
    for (std::int64_t t = 0; t < outputs; ++t)
      for (std::int64_t k = 0; k < shape.width; ++k) {
        const std::int64_t p = t * shape.stride + k - shape.left;
        if (p >= 0 && p < x.positions) body(b * x.positions + p, b * outputs + t, k);
      }
}

inline Numbers conv1d(const Map& x, const core::Convolution& shape, const Numbers& weights,
                      const Numbers& bias, std::int64_t outputs) {
  Numbers z(x.samples() * outputs, weights.cols);
  for (std::int64_t r = 0; r < z.rows; ++r)
    for (std::int64_t f = 0; f < z.cols; ++f) z(r, f) = bias(0, f);
  const std::int64_t features = x.values.cols;
  each_meeting(x, outputs, shape, [&](std::int64_t from, std::int64_t to, std::int64_t k) {
    for (std::int64_t c = 0; c < features; ++c)
      for (std::int64_t f = 0; f < z.cols; ++f)
        z(to, f) += x.values(from, c) * weights(k * features + c, f);
  });
  return z;
}

inline Gradients conv1d_backward(const Map& x, const core::Convolution& shape,
                                 const Numbers& weights, const Map& dz) {
  const std::int64_t features = x.values.cols;
  Gradients all{Numbers(x.values.rows, features), Numbers(weights.rows, weights.cols)};
  each_meeting(x, dz.positions, shape, [&](std::int64_t from, std::int64_t to, std::int64_t k) {
    for (std::int64_t c = 0; c < features; ++c)
      for (std::int64_t f = 0; f < weights.cols; ++f) {
        all.dx(from, c) += dz.values(to, f) * weights(k * features + c, f);
        all.dweights(k * features + c, f) += dz.values(to, f) * x.values(from, c);
      }
  });
  return all;
}

// Mean and biased variance of each row, or of each column.
struct Statistics {
  std::vector<double> mean, variance;
};

inline Statistics statistics(const Numbers& x, core::NormKind kind) {
  const bool layer = kind == core::NormKind::layer;
  const std::int64_t groups = layer ? x.rows : x.cols, members = layer ? x.cols : x.rows;
  Statistics all{std::vector<double>(at(groups)), std::vector<double>(at(groups))};
  const auto member = [&](std::int64_t g, std::int64_t m) { return layer ? x(g, m) : x(m, g); };
  for (std::int64_t g = 0; g < groups; ++g) {
    for (std::int64_t m = 0; m < members; ++m) all.mean[at(g)] += member(g, m) / double(members);
    for (std::int64_t m = 0; m < members; ++m)
      all.variance[at(g)] += std::pow(member(g, m) - all.mean[at(g)], 2) / double(members);
  }
  return all;
}

inline Numbers normalised(const Numbers& x, core::NormKind kind, const Statistics& taken) {
  Numbers h(x.rows, x.cols);
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < x.cols; ++c) {
      const std::int64_t group = kind == core::NormKind::layer ? r : c;
      h(r, c) = (x(r, c) - taken.mean[at(group)]) / std::sqrt(taken.variance[at(group)] + 1e-3);
    }
  return h;
}

// gamma h + beta.
inline Numbers scaled(const Numbers& h, const Numbers& gamma, const Numbers& beta) {
  Numbers y(h.rows, h.cols);
  for (std::int64_t r = 0; r < h.rows; ++r)
    for (std::int64_t c = 0; c < h.cols; ++c) y(r, c) = gamma(0, c) * h(r, c) + beta(0, c);
  return y;
}

struct NormGradients {
  Numbers dx, dgamma, dbeta;
};

// From the gradient with respect to gamma h + beta.
inline NormGradients norm_backward(const Numbers& x, core::NormKind kind, const Numbers& gamma,
                                   const Numbers& dy) {
  const Statistics taken = statistics(x, kind);
  const Numbers h = normalised(x, kind, taken);
  const bool layer = kind == core::NormKind::layer;
  const auto members = double(layer ? x.cols : x.rows);
  std::vector<double> mean(taken.mean.size()), product(taken.mean.size());
  NormGradients all{Numbers(x.rows, x.cols), Numbers(1, x.cols), Numbers(1, x.cols)};
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < x.cols; ++c) {
      all.dgamma(0, c) += dy(r, c) * h(r, c);
      all.dbeta(0, c) += dy(r, c);
      const std::size_t group = at(layer ? r : c);
      mean[group] += gamma(0, c) * dy(r, c) / members;
      product[group] += gamma(0, c) * dy(r, c) * h(r, c) / members;
    }
  for (std::int64_t r = 0; r < x.rows; ++r)
    for (std::int64_t c = 0; c < x.cols; ++c) {
      const std::size_t group = at(layer ? r : c);
      all.dx(r, c) = (gamma(0, c) * dy(r, c) - mean[group] - h(r, c) * product[group]) /
                     std::sqrt(taken.variance[group] + 1e-3);
    }
  return all;
}

// body(row of y, rows of x in its window) for all windows.
template <class Body>
void each_window(const Map& x, const core::PoolWindow& window, std::int64_t outputs, Body&& body) {
  for (std::int64_t b = 0; b < x.samples(); ++b)
    for (std::int64_t t = 0; t < outputs; ++t) {
      std::vector<std::int64_t> rows;
      for (std::int64_t k = 0; k < window.size; ++k) {
        const std::int64_t p = t * window.stride + k - window.left;
        if (p >= 0 && p < x.positions) rows.push_back(b * x.positions + p);
      }
      body(b * outputs + t, rows);
    }
}

inline Numbers pooled(const Map& x, const core::PoolWindow& window, std::int64_t outputs) {
  Numbers y(x.samples() * outputs, x.values.cols);
  each_window(x, window, outputs, [&](std::int64_t row, const std::vector<std::int64_t>& rows) {
    for (std::int64_t c = 0; c < y.cols; ++c) {
      double sum = 0.0, most = x.values(rows[0], c);
      for (const std::int64_t r : rows) {
        sum += x.values(r, c);
        most = std::max(most, x.values(r, c));
      }
      y(row, c) = window.kind == core::Pooling::max ? most : sum / double(window.size);
    }
  });
  return y;
}

inline Numbers pool_backward(const Map& x, const core::PoolWindow& window, const Map& dy) {
  Numbers dx(x.values.rows, x.values.cols);
  each_window(x, window, dy.positions,
              [&](std::int64_t row, const std::vector<std::int64_t>& rows) {
                for (std::int64_t c = 0; c < dx.cols; ++c) {
                  std::int64_t first = rows[0];
                  for (const std::int64_t r : rows)
                    if (x.values(r, c) > x.values(first, c)) first = r;
                  if (window.kind == core::Pooling::max) dx(first, c) += dy.values(row, c);
                  if (window.kind == core::Pooling::average)
                    for (const std::int64_t r : rows)
                      dx(r, c) += dy.values(row, c) / double(window.size);
                }
              });
  return dx;
}

// The spectra's channels one under the other.
inline Numbers one_column(const Numbers& x) {
  Numbers column(x.rows * x.cols, 1);
  column.values = x.values;
  return column;
}

}  // namespace whiteline::test::reference
