// Distances between rows and products that stand for them, written once over a vector of floats
// (simd_*.hpp). Only for vector_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/tile_kernels.hpp"
#include "formulas/distance.hpp"

namespace whiteline::cpu {

// Sums with the lanes of formulas::distance_lanes, as vectors.
template <class F>
constexpr int distance_vectors = formulas::distance_lanes / F::lanes;

// The first step of formulas::distance_total; lane_totals() makes the others.
template <class F>
inline void halve_lanes(const F (&lanes)[distance_vectors<F>], F* half) {
  constexpr int vectors = distance_vectors<F> / 2;
#pragma GCC unroll 4
  for (int v = 0; v < vectors; ++v) half[v] = lanes[v] + lanes[v + vectors];
}

// halves[r] of the distances between x and `rows` rows of y.
template <class F, int rows>
inline void distance_halves(const float* x, const float* const* y, std::int64_t count,
                            F (*halves)[distance_vectors<F> / 2]) {
  constexpr int vectors = distance_vectors<F>;
  F lanes[rows][vectors];
#pragma GCC unroll 4
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) lanes[r][v] = F(0.0f);
  std::int64_t c = 0;
  for (; c + formulas::distance_lanes <= count; c += formulas::distance_lanes)
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      const F own = F::load(x + c + v * F::lanes);
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) {
        const F difference = own - F::load(y[r] + c + v * F::lanes);
        lanes[r][v] = multiply_add(difference, difference, lanes[r][v]);
      }
    }
#pragma GCC unroll 8
  for (int v = 0; v < vectors; ++v) {  // zeros past the end change no lane
    if (c + v * F::lanes >= count) break;
    const auto mask = F::first(at_most_lanes<F>(count - c - v * F::lanes));
    const F own = F::load(x + c + v * F::lanes, mask);
#pragma GCC unroll 4
    for (int r = 0; r < rows; ++r) {
      const F difference = own - F::load(y[r] + c + v * F::lanes, mask);
      lanes[r][v] = multiply_add(difference, difference, lanes[r][v]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < rows; ++r) halve_lanes<F>(lanes[r], halves[r]);
}

template <class F>
void squared_distances(const float* x, const float* y, std::int64_t stride,
                       const std::int32_t* which, std::int64_t rows, std::int64_t count,
                       float* out) {
  constexpr int sums = 16;  // of lane_totals()
  F halves[sums][distance_vectors<F> / 2];
  for (auto& half : halves)
    for (F& vector : half) vector = F(0.0f);
  for (std::int64_t first = 0; first < rows; first += sums) {
    const int used = int(rows - first < sums ? rows - first : sums);
    const float* others[sums];
    for (int r = 0; r < used; ++r) others[r] = y + which[first + r] * stride;
    int r = 0;
    for (; r + 4 <= used; r += 4) distance_halves<F, 4>(x, others + r, count, halves + r);
    for (; r + 2 <= used; r += 2) distance_halves<F, 2>(x, others + r, count, halves + r);
    if (r < used) distance_halves<F, 1>(x, others + r, count, halves + r);
    float totals[sums];
    lane_totals(halves, totals);
    for (int i = 0; i < used; ++i) out[first + i] = totals[i];
  }
}

// Halves the range of the bits, which are in the order of the numbers.
template <class F>
float nth_smallest(const float* x, std::int64_t count, std::int64_t n) {
  auto low = __builtin_bit_cast(std::uint32_t, x[0]), high = low;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto word = __builtin_bit_cast(std::uint32_t, x[i]);
    low = word < low ? word : low;
    high = word > high ? word : high;
  }
  for (std::int64_t found = count; low < high && found != n;) {
    const std::uint32_t middle = low + (high - low) / 2;
    std::int64_t up_to = 0;
    for (std::int64_t i = 0; i < count; i += F::lanes) {
      const std::int64_t used = at_most_lanes<F>(count - i);
      const F limit = F(__builtin_bit_cast(float, middle));
      up_to += used - __builtin_popcount(bits(limit < F::load(x + i, F::first(used))));
    }
    if (up_to >= n) {
      high = middle;
      found = up_to;
    } else {
      low = middle + 1;
    }
  }
  std::uint32_t largest = 0;  // of those up to `high`, which are n, or whose last are equal
  for (std::int64_t i = 0; i < count; ++i) {
    const auto word = __builtin_bit_cast(std::uint32_t, x[i]);
    largest = word <= high && word > largest ? word : largest;
  }
  return __builtin_bit_cast(float, largest);
}

// x rounded to bfloat16; less than 2^-100 becomes 0. |x| < 2^100.
template <class F>
inline F rounded_to_bfloat16(F x) {
  const F high = F(65537.0f) * x;  // 2^16 + 1: leaves 8 of 24 bits
  const F rounded = high - (high - x);
  const F magnitude = select(rounded < F(0.0f), -rounded, rounded);
  return select(magnitude < F(0x1p-100f), F(0.0f), rounded);
}

template <class F>
RoundedNorms round_row(const float* x, std::int64_t count, float* pairs) {
  constexpr int vectors = distance_vectors<F>;
  F lanes[16][vectors / 2], squares[vectors], losses[vectors];
  for (auto& sum : lanes)
    for (F& vector : sum) vector = F(0.0f);
  for (int v = 0; v < vectors; ++v) squares[v] = losses[v] = F(0.0f);
  for (std::int64_t c = 0; c < count; c += formulas::distance_lanes) {
    float rounded[formulas::distance_lanes];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; ++v) {
      const auto mask = F::first(at_most_lanes<F>(count - c - v * F::lanes));
      const F value = F::load(x + c + v * F::lanes, mask);
      const F near = rounded_to_bfloat16(value), loss = value - near;
      squares[v] = multiply_add(near, near, squares[v]);
      losses[v] = multiply_add(loss, loss, losses[v]);
      near.store(rounded + v * F::lanes);
    }
    std::uint32_t words[formulas::distance_lanes];
    __builtin_memcpy(words, rounded, sizeof words);
    const std::int64_t used =
        count - c < formulas::distance_lanes ? count - c : formulas::distance_lanes;
    for (std::int64_t i = 0; i < used; i += 2)
      *pairs++ = __builtin_bit_cast(float, words[i] >> 16 | words[i + 1]);
  }
  halve_lanes<F>(squares, lanes[0]);
  halve_lanes<F>(losses, lanes[1]);
  float totals[16];
  lane_totals(lanes, totals);
  return {totals[0], totals[1]};
}

// Of pairs of bfloat16, by two FMAs a pair.
template <class F, class Shape>
void accumulate_pairs(int rows, const float* left, const float* right, std::int64_t depth,
                      float* totals) {
  for (int i = 0; i < rows; ++i) {
    F sum[Shape::vectors];
    for (F& vector : sum) vector = F(0.0f);
    for (std::int64_t k = 0; k < depth; ++k) {
      const F row = F(left[k * rows + i]);
#pragma GCC unroll 4
      for (int v = 0; v < Shape::vectors; ++v) {
        const F column = F::load(right + k * Shape::columns + v * F::lanes);
        sum[v] = multiply_add(upper_halves(row), upper_halves(column), sum[v]);
        sum[v] = multiply_add(lower_halves(row), lower_halves(column), sum[v]);
      }
    }
    for (int v = 0; v < Shape::vectors; ++v)
      sum[v].store(totals + i * Shape::columns + v * F::lanes);
  }
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
