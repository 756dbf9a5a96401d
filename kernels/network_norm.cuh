// Normalisation by layer and by batch (core/ops/network.hpp).
#pragma once

#include "network_columns.cuh"
#include "network_statistics.cuh"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int norm_threads = 256;  // a block

// Statistics of rows (layer) or columns (batch), and what is made of h. Gamma and beta: of each
// column.
struct NormTables {
  bool by_row;
  Activation before, after;
  const float *gamma, *beta;
  double *mean, *inverse;  // core::Norm::saved

  __device__ std::int64_t place(std::int64_t row, std::int64_t column) const {
    return by_row ? row : column;
  }
  __device__ float h(float x, std::int64_t place) const {
    return (x - float(mean[place])) * float(inverse[place]);
  }
};

// Mean and variance of columns.
struct BatchStatistics {
  static constexpr int quantities = 2;
  Table<const float> x;
  double *mean, *inverse;
  MovingStatistics moving;

  __device__ auto column(std::int64_t c) const {
    return [this, c](std::int64_t row, double(&sums)[quantities]) {
      const double value = double(x.row(row)[c]);
      sums[0] += value;
      sums[1] += value * value;
    };
  }
  __device__ void finish(std::int64_t c, const double (&sums)[quantities]) const {
    const auto [own_mean, variance] = formulas::moments(sums[0], sums[1], double(x.rows));
    mean[c] = own_mean;
    inverse[c] = formulas::inverse_deviation(variance);
    moving.move(c, own_mean, variance);
  }
};

// Mean and variance of rows, sixteen threads a row.
__global__ void row_statistics(Table<const float> x, double* means, double* inverses) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  const std::int64_t count = used ? x.cols : 0;
  const double mean =
      lanes_sum(count, lane, [&](std::int64_t c) { return double(values[c]); }) / double(x.cols);
  const double squares = lanes_sum(count, lane, [&](std::int64_t c) {
    const double difference = double(values[c]) - mean;
    return difference * difference;
  });
  if (!used || lane != 0) return;
  means[row] = mean;
  inverses[row] = formulas::inverse_deviation(squares / double(x.cols));
}

// y = after(gamma h + beta).
struct Normalise {
  NormTables norm;
  Table<const float> x;
  Table<float> y;

  __device__ void operator()(std::int64_t row, std::int64_t c) const {
    const float h = norm.h(x.row(row)[c], norm.place(row, c));
    y.row(row)[c] = activated(norm.after, fmaf(norm.gamma[c], h, norm.beta[c]));
  }
};

// One backward pass, element by element.
struct NormBackward {
  NormTables norm;
  Table<const float> x, y, dy;
  Table<float> dz;
  float *mean, *product;  // of gamma g and of gamma g h, over each row or column

  // The gradient with respect to gamma h + beta.
  __device__ float g(std::int64_t row, std::int64_t c) const {
    const float own = dy.row(row)[c];
    return norm.after == Activation::linear ? own
                                            : own * activation_slope(norm.after, y.row(row)[c]);
  }
  __device__ float h(std::int64_t row, std::int64_t c) const {
    return norm.h(x.row(row)[c], norm.place(row, c));
  }
  // What dz is made of with the column's gamma, given h and g.
  __device__ float result(std::int64_t row, std::int64_t c, float gamma, float own_h,
                          float own_g) const {
    const std::int64_t place = norm.place(row, c);
    const float dx =
        float(norm.inverse[place]) * fmaf(-own_h, product[place], gamma * own_g - mean[place]);
    return dx * activation_slope(norm.before, x.row(row)[c]);
  }
};

// Means of rows, sixteen threads a row.
__global__ void row_products(NormBackward pass) {
  const auto [row, lane] = row_lane();
  const bool used = row < pass.x.rows;
  float sum = 0.0f, product = 0.0f;
#pragma unroll 2
  for (std::int64_t c = lane; c < (used ? pass.x.cols : 0); c += formulas::sum_lanes) {
    const float g = pass.norm.gamma[c] * pass.g(row, c);
    sum += g;
    product = fmaf(g, pass.h(row, c), product);
  }
  sum = lanes_total(sum);
  product = lanes_total(product);
  if (!used || lane != 0) return;
  pass.mean[row] = sum / float(pass.x.cols);
  pass.product[row] = product / float(pass.x.cols);
}

// dz of a norm by layers, from the means of rows; all parameters follow.
struct LayerGradients {
  static constexpr int quantities = 3;
  NormBackward pass;
  NormFollowers followers;

  __device__ auto column(std::int64_t c) const {
    return [this, c](std::int64_t row, double(&sums)[quantities]) {
      const float g = pass.g(row, c), h = pass.h(row, c);
      const float dz = pass.result(row, c, pass.norm.gamma[c], h, g);
      pass.dz.row(row)[c] = dz;
      sums[0] += double(g);
      sums[1] += double(g) * double(h);
      sums[2] += double(dz);
    };
  }
  __device__ void finish(std::int64_t c, const double (&sums)[quantities]) const {
    followers.scale(c, sums[0], sums[1]);
    followers.shift(c, sums[2]);
  }
};

// The means of columns of a norm by batches. Gamma as it was goes to `old_gamma`, as it follows.
struct BatchProducts {
  static constexpr int quantities = 2;
  NormBackward pass;
  NormFollowers followers;
  float* old_gamma;

  __device__ auto column(std::int64_t c) const {
    return [this, c](std::int64_t row, double(&sums)[quantities]) {
      const float g = pass.g(row, c);
      sums[0] += double(g);
      sums[1] += double(g) * double(pass.h(row, c));
    };
  }
  __device__ void finish(std::int64_t c, const double (&sums)[quantities]) const {
    const float gamma = pass.norm.gamma[c];
    const double scale = double(gamma) / double(pass.x.rows);
    pass.mean[c] = float(scale * sums[0]);
    pass.product[c] = float(scale * sums[1]);
    old_gamma[c] = gamma;
    followers.scale(c, sums[0], sums[1]);
  }
};

// dz of a norm by batches, from the means of columns; the bias follows.
struct BatchGradients {
  static constexpr int quantities = 1;
  NormBackward pass;
  NormFollowers followers;
  const float* old_gamma;

  __device__ auto column(std::int64_t c) const {
    return [this, c](std::int64_t row, double(&sums)[quantities]) {
      const float dz = pass.result(row, c, old_gamma[c], pass.h(row, c), pass.g(row, c));
      pass.dz.row(row)[c] = dz;
      sums[0] += double(dz);
    };
  }
  __device__ void finish(std::int64_t c, const double (&sums)[quantities]) const {
    followers.shift(c, sums[0]);
  }
};

}  // namespace whiteline::kernels
