// Distances between rows, written once over a vector of floats (simd_*.hpp). Only for
// vector_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/tile_kernels.hpp"
#include "formulas/distance.hpp"

namespace whiteline::cpu {

template <class F>
float squared_distance(const float* x, const float* y, std::int64_t count) {
  constexpr int vectors = formulas::distance_lanes / F::lanes;
  F lanes[vectors];
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) lanes[v] = F(0.0f);
  std::int64_t c = 0;
  for (; c + formulas::distance_lanes <= count; c += formulas::distance_lanes)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      const F difference = F::load(x + c + v * F::lanes) - F::load(y + c + v * F::lanes);
      lanes[v] = multiply_add(difference, difference, lanes[v]);
    }
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) {  // zeros past the end change no lane
    const auto mask = F::first(at_most_lanes<F>(count - c - v * F::lanes));
    const F difference = F::load(x + c + v * F::lanes, mask) - F::load(y + c + v * F::lanes, mask);
    lanes[v] = multiply_add(difference, difference, lanes[v]);
  }
  float lane[formulas::distance_lanes];
  for (int v = 0; v < vectors; ++v) lanes[v].store(lane + v * F::lanes);
  return formulas::distance_total(lane);
}

template <class F, class Shape>
int near_pairs(const Tile& tile, const NearSides& sides, NearPair* out) {
  int count = 0;
  for (int i = 0; i < tile.rows; ++i) {
    const std::int64_t row = tile.row + i;
    const F norm = F(sides.left_norms[row]), limit = F(sides.left_limits[row]);
    for (int j = 0; j < tile.columns; j += F::lanes) {
      const std::int64_t column = tile.column + j, used = at_most_lanes<F>(tile.columns - j);
      const auto mask = F::first(used);
      const F squared_distance =
          formulas::squared_distance(norm, F::load(sides.right_norms + column, mask),
                                     F::load(tile.totals + i * Shape::columns + j));
      std::uint32_t near = ~bits(limit < squared_distance);
      if (sides.right_limits)
        near |= ~bits(F::load(sides.right_limits + column, mask) < squared_distance);
      near &= (1u << used) - 1u;
      const std::int64_t same = row + sides.row_shift - column;  // the lane of the same row
      if (same >= 0 && same < F::lanes) near &= ~(1u << same);
      if (sides.right_limits && same >= 0)  // pairs are seen once, the lower row first
        near = same + 1 < F::lanes ? near & ~((2u << same) - 1u) : 0u;
      if (near == 0) continue;
      float values[F::lanes];
      squared_distance.store(values);
      for (; near != 0; near &= near - 1) {
        const int lane = __builtin_ctz(near);
        out[count++] = {values[lane], std::int32_t(row), std::int32_t(column + lane)};
      }
    }
  }
  return count;
}

}  // namespace whiteline::cpu
