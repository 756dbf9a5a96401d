// What becomes of the sums of products (network_product.cuh).
#pragma once

#include "network_follow.cuh"
#include "network_quads.cuh"

namespace whiteline::kernels {

// ---------------------------------------------------------------------

// y = activation(sum + bias); bias may be null.
struct ActivateSums {
  Table<float> y;
  bool quads;
  const float* bias;
  formulas::Activation activation;

  __device__ const ActivateSums& ready() const { return *this; }
  __device__ void take(std::int64_t row, std::int64_t column, int count, Quad quad) const {
    if (bias)
#pragma unroll
      for (int c = 0; c < 4; ++c)
        if (c < count) quad.value[c] += bias[column + c];
    activate(activation, quad.value);
    write_some(y.row(row) + column, count, quads, quad);
  }
};

// The sums, or what is there plus these.
struct AddSums {
  Table<float> to;
  bool quads, onto;

  __device__ const AddSums& ready() const { return *this; }
  __device__ void take(std::int64_t row, std::int64_t column, int count, Quad quad) const {
    float* const at = to.row(row) + column;
    if (onto) {
      const Quad before = quad_of(at, 0, count, quads);
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] += before.value[c];
    }
    write_some(at, count, quads, quad);
  }
};

// The sums of each part of the depth, a table without gaps after the other.
struct KeepParts {
  float* parts;
  std::int64_t rows, columns;

  __device__ const KeepParts& ready() const { return *this; }
  __device__ void take(std::int64_t row, std::int64_t column, int count, const Quad& quad) const {
    write_some(parts + (blockIdx.y * rows + row) * columns + column, count, false, quad);
  }
};

// The parameter follows the sum of `count` tables without gaps that lie one after the other, added
// in order.
struct FollowParts {
  const float* parts;
  std::int64_t count, size, cols;
  ParameterTables to;
  Descent descent;

  __device__ void operator()(std::int64_t row, std::int64_t column) const {
    const float* const from = parts + row * cols + column;
    float sum = from[0];
#pragma unroll 4
    for (std::int64_t part = 1; part < count; ++part) sum += from[part * size];
    follow(next_step(descent), to, row, column, sum);
  }
};

// The parameter follows the sums.
struct FollowSums {
  ParameterTables to;
  Descent descent;

  struct Ready {
    const ParameterTables& to;
    DescentStep step;
    __device__ void take(std::int64_t row, std::int64_t column, int count, const Quad& quad) const {
#pragma unroll
      for (int c = 0; c < 4; ++c)
        if (c < count) follow(step, to, row, column + c, quad.value[c]);
    }
  };
  __device__ Ready ready() const { return {to, next_step(descent)}; }
};

}  // namespace whiteline::kernels
