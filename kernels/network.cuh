// What layers of networks have in common, and the smallest of them (core/ops/network.hpp).
#pragma once

#include "network_columns.cuh"
#include "network_follow.cuh"

namespace whiteline::kernels {

// out row i = data row order[i].
struct GatherRows {
  Table<const float> data;
  const std::int32_t* order;
  Table<float> out;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    out.row(row)[column] = data.row(order[row])[column];
  }
};

// One row of labels.
struct GatherLabels {
  const std::int32_t *labels, *order;
  std::int32_t* out;

  __device__ void operator()(std::int64_t, std::int64_t i) const { out[i] = labels[order[i]]; }
};

// dz = dy activation'(y), and the bias (where biased) follows its sums.
struct ActivationBackward {
  static constexpr int quantities = 1;
  Table<const float> y, dy;
  formulas::Activation activation;
  Table<float> dz;
  bool biased;
  ParameterTables bias;
  Descent descent;

  __device__ auto column(std::int64_t c) const {
    return [this, c](std::int64_t row, double(&sums)[quantities]) {
      const float value = dy.row(row)[c] * activation_slope(activation, y.row(row)[c]);
      dz.row(row)[c] = value;
      sums[0] += double(value);
    };
  }
  __device__ void finish(std::int64_t c, const double (&sums)[quantities]) const {
    if (biased) follow(next_step(descent), bias, 0, c, float(sums[0]));
  }
};

// y = activation(a + b).
struct AddMaps {
  Table<const float> a, b;
  formulas::Activation activation;
  Table<float> y;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    y.row(row)[column] = activated(activation, a.row(row)[column] + b.row(row)[column]);
  }
};

// One thread.
__global__ void end_step(std::uint32_t* step, const std::uint32_t* diverged) {
  if (!*diverged) ++*step;
}

}  // namespace whiteline::kernels
