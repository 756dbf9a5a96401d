// Work on all elements of a table, with or without sums along its columns. A block takes
// blockDim.x neighbouring columns and blockDim.y rows at a time.
#pragma once

#include "table.cuh"

namespace whiteline::kernels {

constexpr int cell_threads = 256;  // a block

__device__ inline std::int64_t cell_column() {
  return std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
}

// body(row, column) for every element.
template <class Body>
__global__ void each_cell(Body body, std::int64_t rows, std::int64_t cols) {
  const std::int64_t column = cell_column();
  if (column >= cols) return;
  for (std::int64_t row = std::int64_t(blockIdx.y) * blockDim.y + threadIdx.y; row < rows;
       row += std::int64_t(gridDim.y) * blockDim.y)
    body(row, column);
}

// The sums that the threads of one column bring, in the order of threadIdx.y; right where
// threadIdx.y = 0. All threads of the block come along.
template <int quantities>
__device__ void add_block_rows(double (&sums)[quantities]) {
  WL_SHARED(double, of_threads, [quantities][cell_threads]);
  const int place = int(threadIdx.y * blockDim.x + threadIdx.x);
  __syncthreads();
#pragma unroll
  for (int q = 0; q < quantities; ++q) of_threads[q][place] = sums[q];
  __syncthreads();
  if (threadIdx.y > 0) return;
  for (int y = 1; y < int(blockDim.y); ++y)
#pragma unroll
    for (int q = 0; q < quantities; ++q) sums[q] += of_threads[q][y * blockDim.x + threadIdx.x];
}

// Sums along columns. pass.column(c) gives add(row, sums), called for all rows of column c;
// pass.finish(c, totals) takes the sums. Rows are summed in chunks (gridDim.y of them), each with
// blockDim.y sums; where there is more than one chunk, `chunks` holds their sums, as [chunk]
// [quantity][column], for finish_columns.
template <class Pass>
__global__ void pass_columns(Pass pass, std::int64_t rows, std::int64_t cols,
                             std::int64_t chunk_rows, double* chunks) {
  const std::int64_t column = cell_column(), begin = std::int64_t(blockIdx.y) * chunk_rows;
  const std::int64_t end = begin + chunk_rows < rows ? begin + chunk_rows : rows;
  double sums[Pass::quantities] = {};
  if (column < cols) {
    const auto add = pass.column(column);
    for (std::int64_t row = begin + threadIdx.y; row < end; row += blockDim.y) add(row, sums);
  }
  add_block_rows(sums);
  if (threadIdx.y > 0 || column >= cols) return;
  if (gridDim.y == 1) return pass.finish(column, sums);
#pragma unroll
  for (int q = 0; q < Pass::quantities; ++q)
    chunks[(std::int64_t(blockIdx.y) * Pass::quantities + q) * cols + column] = sums[q];
}

// pass.finish(c, the chunks' sums, added in order). A thread a column.
template <class Pass>
__global__ void finish_columns(Pass pass, const double* chunks, std::int64_t count,
                               std::int64_t cols) {
  const std::int64_t column = cell_column();
  if (column >= cols) return;
  double sums[Pass::quantities] = {};
#pragma unroll 4
  for (std::int64_t chunk = 0; chunk < count; ++chunk)
#pragma unroll
    for (int q = 0; q < Pass::quantities; ++q)
      sums[q] += chunks[(chunk * Pass::quantities + q) * cols + column];
  pass.finish(column, sums);
}

}  // namespace whiteline::kernels
