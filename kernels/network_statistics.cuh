// Statistics of features and the parameters of norms: of layers (network_norm.cuh) and of the
// branch on single channels (network_pointwise.cuh).
#pragma once

#include "formulas/normalise.hpp"
#include "network_follow.cuh"

namespace whiteline::kernels {

using formulas::Activation;

// The running mean and variance, and when they stay as they are.
struct MovingStatistics {
  float *mean, *variance;         // null: there are none
  const std::uint32_t* diverged;  // or null

  __device__ void move(std::int64_t feature, double batch_mean, double batch_variance) const {
    if (!mean || (diverged && *diverged)) return;
    mean[feature] = formulas::moved_statistic(mean[feature], batch_mean);
    variance[feature] = formulas::moved_statistic(variance[feature], batch_variance);
  }
};

// What inference takes for the statistics of a batch. One row of features.
struct TakeMoving {
  const float *moving_mean, *moving_variance;
  double *mean, *inverse;

  __device__ void operator()(std::int64_t, std::int64_t c) const {
    mean[c] = double(moving_mean[c]);
    inverse[c] = formulas::inverse_deviation(double(moving_variance[c]));
  }
};

// The parameters of a norm, and their sums.
struct NormFollowers {
  ParameterTables gamma, beta, bias;
  bool biased;
  Descent descent;

  __device__ void scale(std::int64_t c, double beta_sum, double gamma_sum) const {
    const DescentStep step = next_step(descent);
    follow(step, beta, 0, c, float(beta_sum));
    follow(step, gamma, 0, c, float(gamma_sum));
  }
  __device__ void shift(std::int64_t c, double bias_sum) const {
    if (biased) follow(next_step(descent), bias, 0, c, float(bias_sum));
  }
};

}  // namespace whiteline::kernels
