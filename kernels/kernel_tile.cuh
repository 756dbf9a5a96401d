// Kernel values of one tile of products, and where they go. A Job says of what: the result's rows()
// and columns(), `function`, `left` and `right` (Prepared), left_row(i), the row of `left` that
// belongs to row i of the result, and whether same_row(l, r) rows l of `left` and r of `right` are
// one; where tiles are written, out_row(i), where row i lies, and writes_quads(address).
#pragma once

#include "tile_product.cuh"

namespace whiteline::kernels {

struct TileIndex {
  std::int64_t row, column;
};

// Tiles in the order of blocks: bands of eight tile rows, column by column, so that the blocks at
// work together share rows in the L2 cache.
constexpr std::int64_t band = 8;
__device__ inline TileIndex banded_tile(std::int64_t block, std::int64_t tile_rows,
                                        std::int64_t tile_columns) {
  const std::int64_t first = block / (band * tile_columns) * band;
  const std::int64_t height = tile_rows - first < band ? tile_rows - first : band;
  const std::int64_t within = block % (band * tile_columns);
  return {first + within % height, within / height};
}

// core::PreparedRows
struct Prepared {
  Table<const float> rows;
  const float* squared_norm;
  const float* mean_dot;

  __device__ const float* operator()(std::int64_t row) const {
    return row < rows.rows ? rows.row(row) : nullptr;
  }
};

// sums = kernel values of the thread's part of the tile at (first_row, first_column).
template <class T, class Job>
__device__ void apply_kernel(const Job& job, const formulas::KernelConstants& function,
                             std::int64_t first_row, std::int64_t first_column,
                             typename T::Place at, Sums<T>& sums) {
  float q_right[T::per_thread], a_right[T::per_thread];
#pragma unroll
  for (int j = 0; j < T::per_thread; ++j) {
    const std::int64_t column = first_column + at.column + T::offset(j);
    const bool used = column < job.right.rows.rows;
    q_right[j] = used ? job.right.squared_norm[column] : 0.0f;
    a_right[j] = used ? job.right.mean_dot[column] : 0.0f;
  }
#pragma unroll
  for (int i = 0; i < T::per_thread; ++i) {
    const std::int64_t result_row = first_row + at.row + T::offset(i);
    const bool used = result_row < job.rows();
    const std::int64_t row = used ? job.left_row(result_row) : result_row;
    const float q_left = used ? job.left.squared_norm[row] : 0.0f;
    const float a_left = used ? job.left.mean_dot[row] : 0.0f;
#pragma unroll
    for (int j = 0; j < T::per_thread; ++j) {
      const bool same_row = job.same_row(row, first_column + at.column + T::offset(j));
      sums.value[i][j] = formulas::kernel_value(function, sums.value[i][j], q_left, q_right[j],
                                                a_left, a_right[j], same_row);
    }
  }
}

template <class T, formulas::KernelFunction function, class Job>
__device__ void apply_function(const Job& job, std::int64_t first_row, std::int64_t first_column,
                               typename T::Place at, Sums<T>& sums) {
  formulas::KernelConstants constants = job.function;
  constants.function = function;  // known to the compiler: one branch for the tile, none an element
  apply_kernel<T>(job, constants, first_row, first_column, at, sums);
}

template <class T, class Job>
__device__ void apply_function(const Job& job, std::int64_t first_row, std::int64_t first_column,
                               typename T::Place at, Sums<T>& sums) {
  using formulas::KernelFunction;
  switch (job.function.function) {
    case KernelFunction::linear:
      break;
    case KernelFunction::polynomial:
      apply_function<T, KernelFunction::polynomial>(job, first_row, first_column, at, sums);
      break;
    case KernelFunction::rbf:
      apply_function<T, KernelFunction::rbf>(job, first_row, first_column, at, sums);
      break;
    case KernelFunction::sigmoid:
      apply_function<T, KernelFunction::sigmoid>(job, first_row, first_column, at, sums);
      break;
  }
}

// Up to four floats of a row of the result, from `column` on; what lies outside rows x columns is
// left out.
template <class Job>
__device__ void write_quad(const Job& job, std::int64_t row, std::int64_t rows, std::int64_t column,
                           std::int64_t columns, const Quad& quad) {
  if (row >= rows) return;
  float* const to = job.out_row(row) + column;
  if (job.writes_quads(to) && column + 4 <= columns) {
    *reinterpret_cast<Quad*>(to) = quad;
    return;
  }
#pragma unroll
  for (int c = 0; c < 4; ++c)
    if (column + c < columns) to[c] = quad.value[c];
}

template <class T, class Job>
__device__ void write_tile(const Job& job, std::int64_t first_row, std::int64_t first_column,
                           typename T::Place at, const Sums<T>& sums) {
#pragma unroll
  for (int i = 0; i < T::per_thread; ++i)
#pragma unroll
    for (int j = 0; j < T::per_thread; j += 4) {
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i][j + c];
      write_quad(job, first_row + at.row + T::offset(i), job.rows(),
                 first_column + at.column + T::offset(j), job.columns(), quad);
    }
}

// Writes the tile to its place across the diagonal. A thread's four rows are four neighbours there,
// so that whole sectors are written without a detour through shared memory.
template <class T, class Job>
__device__ void write_mirrored(const Job& job, std::int64_t first_row, std::int64_t first_column,
                               typename T::Place at, const Sums<T>& sums) {
#pragma unroll
  for (int j = 0; j < T::per_thread; ++j)
#pragma unroll
    for (int i = 0; i < T::per_thread; i += 4) {
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i + c][j];
      write_quad(job, first_column + at.column + T::offset(j), job.columns(),
                 first_row + at.row + T::offset(i), job.rows(), quad);
    }
}

}  // namespace whiteline::kernels
