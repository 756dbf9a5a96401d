#include <cassert>

#include "cpu/network.hpp"

namespace whiteline::cpu {

void CpuNetwork::dense_forward(ConstMatrixView x, ConstMatrixView weights, ConstMatrixView bias,
                               Activation activation, MatrixView y) {
  assert(weights.rows == x.cols && weights.cols == y.cols && y.rows == x.rows);
  multiplier_.run(
      {y.rows, y.cols, x.cols, {x.data, x.stride, 1}, {weights.data, 1, weights.stride}, y},
      [&](const Tile& tile) {
        kernels_.finish_dense(tile, activation, bias.data, y.data, y.stride);
      });
}

void CpuNetwork::dense_backward(ConstMatrixView x, ConstMatrixView dz,
                                const core::Parameter& weights, const core::Descent& descent,
                                MatrixView dx, core::Into into) {
  const float kept = into == core::Into::add ? 1.0f : 0.0f;
  if (dx.data)
    multiplier_.run(
        {dx.rows,
         dx.cols,
         dz.cols,
         {dz.data, dz.stride, 1},
         {weights.values.data, weights.values.stride, 1},
         dx},
        [&](const Tile& tile) { vectors_.scale_tile(tile, 1.0f, kept, dx.data, dx.stride); });
  const auto step = next_step(descent);
  if (!step) return;
  const bool kept_apart = step->rule == formulas::DescentRule::gradient_only;
  multiplier_.run({x.cols,
                   dz.cols,
                   x.rows,
                   {x.data, 1, x.stride},
                   {dz.data, 1, dz.stride},
                   kept_apart ? weights.gradient : weights.values},
                  [&](const Tile& tile) {
                    kernels_.follow(
                        *step, {tile.totals, tile.rows, tile.columns, kernels_.tile_columns},
                        some_of(weights, tile.row, tile.rows, tile.column, tile.columns));
                  });
}

}  // namespace whiteline::cpu
