// Kernel matrices of prepared rows (core/ops/kernel_matrix.hpp).
#pragma once

#include "row_lanes.cuh"
#include "tile_product.cuh"

namespace whiteline::kernels {

constexpr int prepare_threads = 256;  // a block, sixteen a row

// One row a half warp; the row is read again, from cache, when its norm is known.
__global__ void prepare(Table<const float> x, const std::int32_t* order, bool normalise,
                        const float* mean, Table<float> out, float* squared_norm, float* mean_dot) {
  const auto [row, lane] = row_lane();
  const bool used = row < out.rows;
  const std::int64_t source = !used ? -1 : order ? std::int64_t(order[row]) : row;
  const float* const from = x.row(source < 0 ? 0 : source);
  float* const to = out.row(used ? row : 0);
  double inverse_norm = 0.0;
  if (normalise)
    inverse_norm =
        formulas::inverse_norm(lanes_sum(source < 0 ? 0 : x.cols, lane, [&](std::int64_t c) {
          return double(from[c]) * double(from[c]);
        }));
  double squares = 0.0, mean_products = 0.0;
#pragma unroll 4
  for (std::int64_t c = lane; c < (used ? out.cols : 0); c += formulas::sum_lanes) {
    const float centre = mean ? mean[c] : 0.0f;
    const float value =
        source < 0 ? 0.0f : formulas::prepared_element(from[c], normalise, inverse_norm, centre);
    to[c] = value;
    squares += double(value) * double(value);
    mean_products += double(value) * double(centre);
  }
  squares = lanes_total(squares);
  mean_products = lanes_total(mean_products);
  if (!used || lane != 0) return;
  squared_norm[row] = float(squares);
  mean_dot[row] = float(mean_products);
}

// core::PreparedRows
struct Prepared {
  Table<const float> rows;
  const float* squared_norm;
  const float* mean_dot;
};

// A kernel matrix to be made. The views' fitness for Quads is found once, on the host.
struct KernelJob {
  formulas::KernelConstants function;
  Prepared left, right;
  std::int64_t same_row_shift;  // core::common_row_shift
  Table<float> out;
  bool reads_quads, writes_quads;
};

// sums = kernel values of the thread's part of the tile at (first_row, first_column).
template <class T>
__device__ void apply_kernel(const KernelJob& job, const formulas::KernelConstants& function,
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
    const std::int64_t row = first_row + at.row + T::offset(i);
    const bool used = row < job.left.rows.rows;
    const float q_left = used ? job.left.squared_norm[row] : 0.0f;
    const float a_left = used ? job.left.mean_dot[row] : 0.0f;
#pragma unroll
    for (int j = 0; j < T::per_thread; ++j) {
      const bool same_row = row + job.same_row_shift == first_column + at.column + T::offset(j);
      sums.value[i][j] = formulas::kernel_value(function, sums.value[i][j], q_left, q_right[j],
                                                a_left, a_right[j], same_row);
    }
  }
}

template <class T, formulas::KernelFunction function>
__device__ void apply_function(const KernelJob& job, std::int64_t first_row,
                               std::int64_t first_column, typename T::Place at, Sums<T>& sums) {
  formulas::KernelConstants constants = job.function;
  constants.function = function;  // known to the compiler: one branch for the tile, none an element
  apply_kernel<T>(job, constants, first_row, first_column, at, sums);
}

template <class T>
__device__ void apply_function(const KernelJob& job, std::int64_t first_row,
                               std::int64_t first_column, typename T::Place at, Sums<T>& sums) {
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

// Up to four floats of a row of `out`, from (row, column) on; what lies outside is left out.
__device__ inline void write_quad(const Table<float>& out, bool has_quads, std::int64_t row,
                                  std::int64_t column, const Quad& quad) {
  if (row >= out.rows) return;
  float* const to = out.row(row) + column;
  if (has_quads && column + 4 <= out.cols) {
    *reinterpret_cast<Quad*>(to) = quad;
    return;
  }
#pragma unroll
  for (int c = 0; c < 4; ++c)
    if (column + c < out.cols) to[c] = quad.value[c];
}

template <class T>
__device__ void write_tile(const KernelJob& job, std::int64_t first_row, std::int64_t first_column,
                           typename T::Place at, const Sums<T>& sums) {
#pragma unroll
  for (int i = 0; i < T::per_thread; ++i)
#pragma unroll
    for (int j = 0; j < T::per_thread; j += 4) {
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i][j + c];
      write_quad(job.out, job.writes_quads, first_row + at.row + T::offset(i),
                 first_column + at.column + T::offset(j), quad);
    }
}

// Writes the tile to its place across the diagonal. A thread's four rows are four neighbours there,
// so that whole sectors are written without a detour through shared memory.
template <class T>
__device__ void write_mirrored(const KernelJob& job, std::int64_t first_row,
                               std::int64_t first_column, typename T::Place at,
                               const Sums<T>& sums) {
#pragma unroll
  for (int j = 0; j < T::per_thread; ++j)
#pragma unroll
    for (int i = 0; i < T::per_thread; i += 4) {
      Quad quad;
#pragma unroll
      for (int c = 0; c < 4; ++c) quad.value[c] = sums.value[i + c][j];
      write_quad(job.out, job.writes_quads, first_column + at.column + T::offset(j),
                 first_row + at.row + T::offset(i), quad);
    }
}

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

// The same for the upper triangle: squares of band x band tiles, I <= J, column by column. Some
// tiles of a square lie below the diagonal or outside.
__device__ inline TileIndex triangular_tile(std::int64_t block) {
  const std::int64_t square = block / (band * band), within = block % (band * band);
  auto column = std::int64_t((sqrt(8.0 * double(square) + 1.0) - 1.0) / 2.0);
  while (column * (column + 1) / 2 > square) --column;
  while ((column + 1) * (column + 2) / 2 <= square) ++column;
  const std::int64_t row = square - column * (column + 1) / 2;
  return {row * band + within % band, column * band + within / band};
}
constexpr std::int64_t triangular_blocks(std::int64_t tiles) {
  const std::int64_t squares = (tiles + band - 1) / band;
  return squares * (squares + 1) / 2 * band * band;
}

// Every tile of job.out, one a block.
template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks_per_multiprocessor)
    kernel_tiles(KernelJob job) {
  WL_SHARED(Stages<T>, stages, [1]);
  WL_DYN_SHARED(Quad, parked);
  const TileIndex tile = banded_tile(blockIdx.x, (job.out.rows + T::size - 1) / T::size,
                                     (job.out.cols + T::size - 1) / T::size);
  const std::int64_t row = tile.row * T::size, column = tile.column * T::size;
  Sums<T> sums;
  tile_product<T>(job.left.rows, row, job.right.rows, column, job.reads_quads, stages[0], parked,
                  sums);
  apply_function<T>(job, row, column, T::place(), sums);
  write_tile<T>(job, row, column, T::place(), sums);
}

// The upper triangle of tiles and its mirror image; job.left = job.right.
template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks_per_multiprocessor)
    symmetric_kernel_tiles(KernelJob job) {
  WL_SHARED(Stages<T>, stages, [1]);
  WL_DYN_SHARED(Quad, parked);
  const TileIndex tile = triangular_tile(blockIdx.x);
  const std::int64_t row = tile.row * T::size, column = tile.column * T::size;
  if (tile.row > tile.column || column >= job.out.cols) return;  // the whole block
  Sums<T> sums;
  tile_product<T>(job.left.rows, row, job.right.rows, column, job.reads_quads, stages[0], parked,
                  sums);
  apply_function<T>(job, row, column, T::place(), sums);
  write_tile<T>(job, row, column, T::place(), sums);
  if (row != column) write_mirrored<T>(job, row, column, T::place(), sums);
}

}  // namespace whiteline::kernels
