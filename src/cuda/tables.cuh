// Views of the op contracts as device code sees them, and how many blocks share them.
#pragma once

#include "core/ops/kernel_matrix.hpp"
#include "cuda/launch.cuh"
#include "formulas/sum.hpp"
#include "table.cuh"

namespace whiteline::cuda {

template <class T>
kernels::Table<T> table(BasicMatrixView<T> view) {
  return {view.data, view.rows, view.cols, view.stride};
}

// Blocks of `threads`, formulas::sum_lanes of which take a row.
inline Grid row_lane_grid(std::int64_t rows, int threads) {
  return {blocks_for(rows, threads / formulas::sum_lanes), unsigned(threads)};
}

}  // namespace whiteline::cuda
