// Kernel matrices of prepared rows (core/ops/kernel_matrix.hpp).
#pragma once

#include "kernel_tile.cuh"
#include "row_lanes.cuh"

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

// A kernel matrix to be made. The views' fitness for Quads is found once, on the host.
struct KernelJob {
  formulas::KernelConstants function;
  Prepared left, right;
  std::int64_t same_row_shift;  // core::common_row_shift
  Table<float> out;
  bool reads_quads, out_has_quads;

  __device__ const Prepared& left_rows() const { return left; }
  __device__ std::int64_t left_row(std::int64_t i) const { return i; }
  __device__ bool same_row(std::int64_t l, std::int64_t r) const { return l + same_row_shift == r; }
  __device__ float* out_row(std::int64_t i) const { return out.row(i); }
  __device__ bool writes_quads(const float*) const { return out_has_quads; }
  WL_HD std::int64_t rows() const { return out.rows; }
  WL_HD std::int64_t columns() const { return out.cols; }
};

// Rows of a symmetric kernel matrix by number, each to a place of its own.
struct KernelRowsJob {
  formulas::KernelConstants function;
  Prepared left, right;       // all, and those from first_column on that make columns
  std::int64_t first_column;  // of the matrix
  const std::int32_t* which;
  float* const* out;
  std::int64_t count;
  bool reads_quads;

  struct LeftRows {
    const KernelRowsJob& job;
    __device__ const float* operator()(std::int64_t i) const {
      return i < job.count ? job.left.rows.row(job.which[i]) : nullptr;
    }
  };
  __device__ LeftRows left_rows() const { return {*this}; }
  __device__ std::int64_t left_row(std::int64_t i) const { return which[i]; }
  __device__ bool same_row(std::int64_t l, std::int64_t r) const { return l == first_column + r; }
  __device__ float* out_row(std::int64_t i) const { return out[i] + first_column; }
  __device__ bool writes_quads(const float* to) const {
    return reinterpret_cast<std::uintptr_t>(to) % 16 == 0;
  }
  WL_HD std::int64_t rows() const { return count; }
  WL_HD std::int64_t columns() const { return right.rows.rows; }
};

// The tiles on and above the diagonal of so many rows and columns of tiles, rows <= columns:
// squares of band x band tiles, I <= J, column by column, first the triangle of the rows, then what
// lies right of it. Some tiles of a square lie below the diagonal or outside.
WL_HD constexpr std::int64_t triangle(std::int64_t side) { return side * (side + 1) / 2; }
__device__ inline TileIndex trapezoid_tile(std::int64_t block, std::int64_t tile_rows) {
  const std::int64_t square = block / (band * band), within = block % (band * band);
  const std::int64_t rows = (tile_rows + band - 1) / band, beyond = square - triangle(rows);
  auto column = std::int64_t((sqrt(8.0 * double(square) + 1.0) - 1.0) / 2.0);
  while (triangle(column) > square) --column;
  while (triangle(column + 1) <= square) ++column;
  std::int64_t row = square - triangle(column);
  if (beyond >= 0) {
    column = rows + beyond / rows;
    row = beyond % rows;
  }
  return {row * band + within % band, column * band + within / band};
}
constexpr std::int64_t trapezoid_blocks(std::int64_t tile_rows, std::int64_t tile_columns) {
  const std::int64_t rows = (tile_rows + band - 1) / band;
  const std::int64_t columns = (tile_columns + band - 1) / band;
  return (triangle(rows) + rows * (columns - rows)) * band * band;
}

// Every tile of the job's result, one a block.
template <class T, class Job>
__global__ void __launch_bounds__(T::threads, T::blocks_per_multiprocessor) kernel_tiles(Job job) {
  WL_SHARED(Stages<T>, stages, [1]);
  WL_DYN_SHARED(Quad, parked);
  const TileIndex tile = banded_tile(blockIdx.x, (job.rows() + T::size - 1) / T::size,
                                     (job.columns() + T::size - 1) / T::size);
  const std::int64_t row = tile.row * T::size, column = tile.column * T::size;
  Sums<T> sums;
  tile_product<T>(job.left_rows(), row, job.right, column, job.right.rows.cols, job.reads_quads,
                  stages[0], parked, sums);
  apply_function<T>(job, row, column, T::place(), sums);
  write_tile<T>(job, row, column, T::place(), sums);
}

// Tiles on and above the diagonal, and their mirror images; job.left is the first rows of
// job.right.
template <class T>
__global__ void __launch_bounds__(T::threads, T::blocks_per_multiprocessor)
    symmetric_kernel_tiles(KernelJob job) {
  WL_SHARED(Stages<T>, stages, [1]);
  WL_DYN_SHARED(Quad, parked);
  const TileIndex tile = trapezoid_tile(blockIdx.x, (job.out.rows + T::size - 1) / T::size);
  const std::int64_t row = tile.row * T::size, column = tile.column * T::size;
  if (tile.row > tile.column || row >= job.out.rows || column >= job.out.cols)
    return;  // the whole block
  Sums<T> sums;
  tile_product<T>(job.left_rows(), row, job.right, column, job.right.rows.cols, job.reads_quads,
                  stages[0], parked, sums);
  apply_function<T>(job, row, column, T::place(), sums);
  write_tile<T>(job, row, column, T::place(), sums);
  if (row != column) write_mirrored<T>(job, row, column, T::place(), sums);
}

constexpr int transform_threads = 256;  // a block, each a Quad of a row

// out[i, j] = kernel value of the product at [i, j], rows [begin, end); blockIdx.y steps through
// them.
__global__ void transform_products(formulas::KernelConstants function, Table<const float> products,
                                   const float* squared_norm, const float* mean_dot,
                                   std::int64_t begin, std::int64_t end, Table<float> out,
                                   bool quads) {
  const std::int64_t column = (std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x) * 4;
  if (column >= out.cols) return;
  const int count = out.cols - column < 4 ? int(out.cols - column) : 4;
  const bool whole = quads && count == 4;
  Quad q{}, a{}, values{};
  for (int c = 0; c < count; ++c) {
    q.value[c] = squared_norm[column + c];
    a.value[c] = mean_dot[column + c];
  }
  for (std::int64_t row = begin + blockIdx.y; row < end; row += gridDim.y) {
    const float* const from = products.row(row) + column;
    if (whole)
      values = *reinterpret_cast<const Quad*>(from);
    else
      for (int c = 0; c < count; ++c) values.value[c] = from[c];
    const float q_row = squared_norm[row], a_row = mean_dot[row];
#pragma unroll
    for (int c = 0; c < 4; ++c)
      values.value[c] = formulas::kernel_value(function, values.value[c], q_row, q.value[c], a_row,
                                               a.value[c], row == column + c);
    float* const to = out.row(row) + column;
    if (whole)
      *reinterpret_cast<Quad*>(to) = values;
    else
      for (int c = 0; c < count; ++c) to[c] = values.value[c];
  }
}

}  // namespace whiteline::kernels
