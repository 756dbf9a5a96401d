// A layer on single channels, summed over them and never stored (core::PointwiseBranch).
#pragma once

#include "formulas/pointwise.hpp"
#include "network_columns.cuh"
#include "network_statistics.cuh"

namespace whiteline::kernels {

constexpr std::int64_t channels_summed = 16;  // as float32, by one thread at a time

// The layer of one spectrum: a_u = activation(weight_u x + bias_u).
struct PointwiseUnits {
  Activation activation;
  const float *weights, *bias;
  std::int64_t units;
};

// add.operator()<known>(x, unit) for the channels that fall to lane `lane` of `lanes`; after every
// run of channels_summed, done().
template <class Add, class Done>
WL_HD inline void pointwise_channels(Activation activation, float weight, float bias,
                                     const float* x, std::int64_t channels, int lane, int lanes,
                                     const Add& add, const Done& done) {
  formulas::with_activation(activation, [&]<Activation known>() {
    for (std::int64_t begin = lane * channels_summed; begin < channels;
         begin += lanes * channels_summed) {
      const std::int64_t end =
          begin + channels_summed < channels ? begin + channels_summed : channels;
      for (std::int64_t t = begin; t < end; ++t)
        add(x[t], formulas::activated_unit<known>(formulas::multiply_add(weight, x[t], bias)));
      done();
    }
  });
}

// Two sums that are float32 over a run of channels, and float64 over the runs.
struct RunSums {
  float run[2];
  double (&all)[2];

  WL_HD void end_run() {
    for (int q = 0; q < 2; ++q) {
      all[q] += double(run[q]);
      run[q] = 0.0f;
    }
  }
};

// sums[sample][0][u] = sum of a over the channels, [1]: of a a. Blocks of columns (units) x lanes;
// blockIdx.y steps through the samples.
__global__ void pointwise_sums(PointwiseUnits layer, Table<const float> x, double* sums) {
  const std::int64_t unit = cell_column();
  const bool used = unit < layer.units;
  const float weight = used ? layer.weights[unit] : 0.0f, bias = used ? layer.bias[unit] : 0.0f;
  for (std::int64_t sample = blockIdx.y; sample < x.rows; sample += gridDim.y) {
    double own[2] = {};
    RunSums of_run{{}, own};
    if (used)
      pointwise_channels(
          layer.activation, weight, bias, x.row(sample), x.cols, int(threadIdx.y), int(blockDim.y),
          [&](float, const formulas::ActivatedUnit<float>& a) {
            of_run.run[0] += a.value;
            of_run.run[1] = formulas::multiply_add(a.value, a.value, of_run.run[1]);
          },
          [&] { of_run.end_run(); });
    add_block_rows(own);
    if (threadIdx.y > 0 || !used) continue;
    for (int q = 0; q < 2; ++q) sums[(sample * 2 + q) * layer.units + unit] = own[q];
  }
}

// Statistics of units from the sums of their samples.
struct PointwiseStatistics {
  static constexpr int quantities = 2;
  const double* sums;
  std::int64_t units;
  double numbers;  // samples times channels
  double *mean, *inverse;
  MovingStatistics moving;

  __device__ auto column(std::int64_t u) const {
    return [this, u](std::int64_t sample, double(&total)[quantities]) {
      for (int q = 0; q < quantities; ++q) total[q] += sums[(sample * 2 + q) * units + u];
    };
  }
  __device__ void finish(std::int64_t u, const double (&total)[quantities]) const {
    const formulas::Moments batch = formulas::moments(total[0], total[1], numbers);
    mean[u] = batch.mean;
    inverse[u] = formulas::inverse_deviation(batch.variance);
    moving.move(u, batch.mean, batch.variance);
  }
};

// y = gamma h + beta, h from the mean over the channels; or that mean itself.
struct PointwiseMeans {
  const double* sums;
  std::int64_t channels, units;
  bool normalised;
  const double *mean, *inverse;
  const float *gamma, *beta;
  Table<float> kept;  // core::PointwiseBranch::sums; data may be null
  Table<float> y;

  __device__ void operator()(std::int64_t sample, std::int64_t u) const {
    const double sum = sums[sample * 2 * units + u], own = sum / double(channels);
    if (kept.data) kept.row(sample)[u] = float(sum);
    y.row(sample)[u] =
        normalised ? float(double(gamma[u]) * ((own - mean[u]) * inverse[u]) + double(beta[u]))
                   : float(own);
  }
};

// With respect to a, the gradient of unit u at every channel of sample i is
// scale(u) dy(i, u) / channels + offset(u) + slope(u) a.
struct PointwiseSlopes {
  double *scale, *offset;
  float* slope;
};

// What normalising makes of the gradient; gamma and beta follow.
struct PointwiseProducts {
  static constexpr int quantities = 2;
  Table<const float> dy, kept;
  double channels, numbers;
  const double *mean, *inverse;
  const float* gamma;
  PointwiseSlopes slopes;
  NormFollowers followers;

  __device__ auto column(std::int64_t u) const {
    return [this, u](std::int64_t sample, double(&sums)[quantities]) {
      const double g = double(dy.row(sample)[u]);
      sums[0] += g;
      sums[1] += g * (double(kept.row(sample)[u]) / channels - mean[u]) * inverse[u];
    };
  }
  __device__ void finish(std::int64_t u, const double (&sums)[quantities]) const {
    const double scale = double(gamma[u]) * inverse[u];
    const double slope = -scale * inverse[u] * sums[1] / numbers;
    slopes.scale[u] = scale;
    slopes.offset[u] = -scale * sums[0] / numbers - slope * mean[u];
    slopes.slope[u] = float(slope);
    followers.scale(u, sums[0], sums[1]);
  }
};

// sums[sample][0][u] = the sum of d x over the channels, [1]: of d, d = (constant + slope a)
// activation'(a). Slopes' tables are null where nothing is normalised. Blocks as pointwise_sums.
__global__ void pointwise_gradients(PointwiseUnits layer, Table<const float> x,
                                    Table<const float> dy, PointwiseSlopes slopes, double* sums) {
  const std::int64_t unit = cell_column();
  const bool used = unit < layer.units, normalised = slopes.slope != nullptr;
  const float weight = used ? layer.weights[unit] : 0.0f, bias = used ? layer.bias[unit] : 0.0f;
  const double scale = used && normalised ? slopes.scale[unit] : 1.0,
               offset = used && normalised ? slopes.offset[unit] : 0.0;
  const float slope = used && normalised ? slopes.slope[unit] : 0.0f;
  for (std::int64_t sample = blockIdx.y; sample < x.rows; sample += gridDim.y) {
    double own[2] = {};
    RunSums of_run{{}, own};
    if (used) {
      const auto constant = float(scale * double(dy.row(sample)[unit]) / double(x.cols) + offset);
      pointwise_channels(
          layer.activation, weight, bias, x.row(sample), x.cols, int(threadIdx.y), int(blockDim.y),
          [&](float value, const formulas::ActivatedUnit<float>& a) {
            const float d = formulas::multiply_add(slope, a.value, constant) * a.slope;
            of_run.run[0] = formulas::multiply_add(d, value, of_run.run[0]);
            of_run.run[1] += d;
          },
          [&] { of_run.end_run(); });
    }
    add_block_rows(own);
    if (threadIdx.y > 0 || !used) continue;
    for (int q = 0; q < 2; ++q) sums[(sample * 2 + q) * layer.units + unit] = own[q];
  }
}

// Weights and biases follow the samples' sums.
struct PointwiseFollow {
  static constexpr int quantities = 2;
  const double* sums;
  std::int64_t units;
  ParameterTables weights, bias;
  Descent descent;

  __device__ auto column(std::int64_t u) const {
    return [this, u](std::int64_t sample, double(&total)[quantities]) {
      for (int q = 0; q < quantities; ++q) total[q] += sums[(sample * 2 + q) * units + u];
    };
  }
  __device__ void finish(std::int64_t u, const double (&total)[quantities]) const {
    const DescentStep step = next_step(descent);
    follow(step, weights, 0, u, float(total[0]));
    follow(step, bias, 0, u, float(total[1]));
  }
};

}  // namespace whiteline::kernels
