// Numbers as files hold them, made float32 on the device.
#pragma once

#include "table.cuh"

namespace whiteline::kernels {

constexpr int load_threads = 256;
constexpr int load_tile = 32, load_tile_rows = 8;  // a block of load_columns: 32 x 8 threads

// out[r, c] = raw[r * out.cols + c]; blockIdx.y steps through the rows.
template <class Number>
__global__ void load_rows(const Number* raw, Table<float> out) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= out.cols) return;
  for (std::int64_t row = blockIdx.y; row < out.rows; row += gridDim.y)
    out.row(row)[column] = static_cast<float>(raw[row * out.cols + column]);
}

// out[r, c] = raw[c * out.rows + r]: tiles turned in shared memory, so that both sides of it are
// read and written along their lines. blockIdx.y steps through the tiles of a column of tiles.
template <class Number>
__global__ void load_columns(const Number* raw, Table<float> out) {
  WL_SHARED(float, turned, [load_tile][load_tile + 1]);
  const int x = int(threadIdx.x), y = int(threadIdx.y);
  const std::int64_t first_column = std::int64_t(blockIdx.x) * load_tile;
  for (std::int64_t first_row = std::int64_t(blockIdx.y) * load_tile; first_row < out.rows;
       first_row += std::int64_t(gridDim.y) * load_tile) {
    for (int c = y; c < load_tile; c += load_tile_rows)
      if (first_column + c < out.cols && first_row + x < out.rows)
        turned[c][x] = static_cast<float>(raw[(first_column + c) * out.rows + first_row + x]);
    __syncthreads();
    for (int r = y; r < load_tile; r += load_tile_rows)
      if (first_row + r < out.rows && first_column + x < out.cols)
        out.row(first_row + r)[first_column + x] = turned[x][r];
    __syncthreads();
  }
}

}  // namespace whiteline::kernels
