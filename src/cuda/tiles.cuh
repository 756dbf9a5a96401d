// Prepared rows as device code sees them, and how many tiles a job has.
#pragma once

#include "cuda/tables.cuh"
#include "kernel_tile.cuh"

namespace whiteline::cuda {

inline kernels::Prepared prepared(const core::PreparedRows& rows) {
  return {table(rows.rows), rows.squared_norm.data, rows.mean_dot.data};
}

inline std::int64_t tiles(std::int64_t rows, int size) { return (rows + size - 1) / size; }

template <class Tile, class Job>
std::int64_t tile_count(const Job& job) {
  return tiles(job.rows(), Tile::size) * tiles(job.columns(), Tile::size);
}

}  // namespace whiteline::cuda
