// Decisions of kernel classifiers (core::SvmPredictOps::kernel_decisions): tiles of kernel values
// are weighed where they were made, in shared memory. What is left of a tile is a float32 sum for
// each row, pair and weighed_block of support vectors; the sums are then added up in float64.
#pragma once

#include "formulas/decision.hpp"
#include "kernel_tile.cuh"

namespace whiteline::kernels {

constexpr int decision_threads = 256;
constexpr int weighed_block = int(formulas::weighed_block);
constexpr int pair_group = 4;  // pairs that a thread weighs at once

// weights[j * pairs + p] = float(coefficients[p * support + j]), 0 for p >= used_pairs.
__global__ void pack_coefficients(const double* coefficients, std::int64_t support,
                                  std::int64_t used_pairs, std::int64_t pairs, float* weights) {
  const std::int64_t index = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= support * pairs) return;
  const std::int64_t j = index / pairs, p = index % pairs;
  weights[index] = p < used_pairs ? float(coefficients[p * support + j]) : 0.0f;
}

struct WeighJob {
  formulas::KernelConstants function;
  Prepared left, right;  // rows of x, support vectors
  const float* weights;  // as pack_coefficients leaves them
  std::int64_t pairs;    // a multiple of pair_group
  float* sums;           // [block of support vectors][pair][row]
  bool reads_quads;

  __device__ std::int64_t left_row(std::int64_t i) const { return i; }
  __device__ bool same_row(std::int64_t, std::int64_t) const { return false; }
  WL_HD std::int64_t rows() const { return left.rows.rows; }
  WL_HD std::int64_t columns() const { return right.rows.rows; }
};

// A tile of kernel values in shared memory, column by column. Groups of four rows change places
// with the column's number, so that neither writing nor reading meets a bank twice.
template <class T>
struct ValueTile {
  static constexpr std::size_t bytes = sizeof(float) * T::size * T::size;
  __device__ static int quad(int row, int column) {
    return column * (T::size / 4) + ((row / 4) ^ (column / 4 % 8));
  }
};

template <class T>
__device__ void store_values(const Sums<T>& sums, Quad* values) {
  const typename T::Place at = T::place();
#pragma unroll
  for (int j = 0; j < T::per_thread; ++j)
#pragma unroll
    for (int i = 0; i < T::per_thread; i += 4) {
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i + c][j];
      values[ValueTile<T>::quad(at.row + T::offset(i), at.column + T::offset(j))] = quad;
    }
}

// The sums of one row, block and group of pairs after another.
template <class T>
__device__ void weigh_values(const WeighJob& job, std::int64_t first_row, std::int64_t first_column,
                             const Quad* values) {
  constexpr int blocks = T::size / weighed_block;
  const int row = int(threadIdx.x) % T::size;
  const auto groups = int(job.pairs / pair_group);
  if (first_row + row >= job.rows()) return;
  for (int task = int(threadIdx.x) / T::size; task < blocks * groups;
       task += T::threads / T::size) {
    const int first = task % blocks * weighed_block;
    const std::int64_t pair = task / blocks * pair_group,
                       left = job.columns() - first_column - first;
    if (left <= 0) continue;
    const float* weight = job.weights + (first_column + first) * job.pairs + pair;
    const int count = left < weighed_block ? int(left) : weighed_block;
    float sums[pair_group] = {};
#pragma unroll 2
    for (int s = 0; s < count; ++s, weight += job.pairs) {
      const float value = values[ValueTile<T>::quad(row, first + s)].value[row % 4];
      const Quad weights = *reinterpret_cast<const Quad*>(weight);
#pragma unroll
      for (int p = 0; p < pair_group; ++p)
        sums[p] = formulas::multiply_add(weights.value[p], value, sums[p]);
    }
    const std::int64_t block = (first_column + first) / weighed_block;
#pragma unroll
    for (int p = 0; p < pair_group; ++p)
      job.sums[(block * job.pairs + pair + p) * job.rows() + first_row + row] = sums[p];
  }
}

// One tile of rows and support vectors a block; dynamic shared memory: ValueTile<T>::bytes.
template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks_per_multiprocessor)
    weigh_tiles(WeighJob job) {
  WL_SHARED(Stages<T>, stages, [1]);
  WL_DYN_SHARED(Quad, values);
  const TileIndex tile = banded_tile(blockIdx.x, (job.rows() + T::size - 1) / T::size,
                                     (job.columns() + T::size - 1) / T::size);
  const std::int64_t row = tile.row * T::size, column = tile.column * T::size;
  Sums<T> sums;
  tile_product<T>(job.left, row, job.right, column, job.right.rows.cols, job.reads_quads, stages[0],
                  values, sums);
  apply_function<T>(job, row, column, T::place(), sums);
  __syncthreads();  // nobody needs parked totals any more
  store_values<T>(sums, values);
  __syncthreads();
  weigh_values<T>(job, row, column, values);
}

// decisions[i, p] from the sums of `blocks` blocks of support vectors; a thread each.
__global__ void add_weighed(const float* sums, std::int64_t blocks, std::int64_t pairs,
                            const float* squared_norm, const double* rho, Table<float> decisions) {
  const std::int64_t index = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= decisions.rows * decisions.cols) return;
  const std::int64_t p = index / decisions.rows, row = index % decisions.rows;
  double sum = 0.0;
#pragma unroll 4
  for (std::int64_t b = 0; b < blocks; ++b)
    sum += double(sums[(b * pairs + p) * decisions.rows + row]);
  decisions.row(row)[p] =
      formulas::is_finite(squared_norm[row]) ? float(sum - rho[p]) : formulas::not_a_number();
}

}  // namespace whiteline::kernels
