// Loops of SVM decisions. Only for vector_kernels_*.cpp; the order of an element's operations is
// that of kernels/formulas/decision.hpp.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/row_kernels.hpp"
#include "cpu/tile_kernels.hpp"
#include "cpu/vector_kernels.hpp"
#include "formulas/decision.hpp"

namespace whiteline::cpu {

// Vectors that hold the lanes of one sum.
template <class F>
constexpr int lane_vectors = formulas::sum_lanes / F::lanes;

// Dot products of two rows with `pairs` weight vectors ([step of 16 channels][pair][16]), and of
// each row with itself: sums[row][0 .. pairs - 1], then sums[row][pairs].
template <class F, int pairs>
inline void dot_two_rows(const float* const (&x)[2], std::int64_t count, const float* weights,
                         float (*sums)[formulas::sum_lanes]) {
  constexpr int vectors = lane_vectors<F>, lanes = formulas::sum_lanes;
  F sum[2][lanes][vectors];
#pragma GCC unroll 16
  for (int p = 0; p <= pairs; ++p)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) sum[0][p][v] = sum[1][p][v] = F(0.0f);
  const auto step = [&](const F(&value)[2][vectors]) {
#pragma GCC unroll 16
    for (int p = 0; p < pairs; ++p, weights += lanes)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) {
        const F weight = F::load(weights + v * F::lanes);
        sum[0][p][v] = multiply_add(value[0][v], weight, sum[0][p][v]);
        sum[1][p][v] = multiply_add(value[1][v], weight, sum[1][p][v]);
      }
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v)
        sum[r][pairs][v] = multiply_add(value[r][v], value[r][v], sum[r][pairs][v]);
  };
  const std::int64_t ahead = 2 * (x[1] - x[0]);  // the next two rows
  std::int64_t c = 0;
  for (; c + lanes <= count; c += lanes) {
    F value[2][vectors];
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      __builtin_prefetch(x[r] + ahead + c);
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) value[r][v] = F::load(x[r] + c + v * F::lanes);
    }
    step(value);
  }
  if (c < count) {
    F value[2][vectors];
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) {
        const std::int64_t first = c + v * F::lanes;
        value[r][v] = F::load(x[r] + first, F::first(at_most_lanes<F>(count - first)));
      }
    step(value);
  }
#pragma GCC unroll 2
  for (int r = 0; r < 2; ++r) {
#pragma GCC unroll 16
    for (int p = pairs + 1; p < lanes; ++p)
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[r][p][v] = F(0.0f);
    lane_totals(sum[r], sums[r]);
  }
}

// Calls the function made for this number of pairs.
template <class F, int pairs>
inline void dot_pairs(std::int64_t wanted, const float* const (&x)[2], std::int64_t count,
                      const float* weights, float (*sums)[formulas::sum_lanes]) {
  if constexpr (pairs > 1) {
    if (wanted < pairs) return dot_pairs<F, pairs - 1>(wanted, x, count, weights, sums);
  }
  dot_two_rows<F, pairs>(x, count, weights, sums);
}

template <class F, int most_pairs>
void primal_dots(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t count,
                 const float* weights, std::int64_t pairs, float* out, std::int64_t out_stride,
                 float* squared_norms) {
  constexpr std::int64_t lanes = formulas::sum_lanes;
  const std::int64_t steps = (count + lanes - 1) / lanes;
  for (std::int64_t i = 0; i < rows; i += 2) {
    const std::int64_t last = i + 1 < rows ? i + 1 : i;  // an odd row is its own partner
    const float* const pair_of_rows[2] = {x + i * x_stride, x + last * x_stride};
    for (std::int64_t p = 0; p < pairs; p += most_pairs) {
      const std::int64_t used = pairs - p < most_pairs ? pairs - p : most_pairs;
      float sums[2][lanes];
      dot_pairs<F, most_pairs>(used, pair_of_rows, count, weights + p * steps * lanes, sums);
      for (std::int64_t r = i; r <= last; ++r) {
        for (std::int64_t e = 0; e < used; ++e) out[r * out_stride + p + e] = sums[r - i][e];
        squared_norms[r] = sums[r - i][used];
      }
    }
  }
}

// sums[i][p] = or += the chain of FMAs over the tile's columns j of totals[i][j] and
// coefficients[j][p], for `rows` rows.
template <class F, class Shape, int rows>
inline void weigh_rows(const Tile& tile, const float* coefficients, std::int64_t stride, bool onto,
                       float* sums) {
  for (std::int64_t p = 0; p < stride; p += F::lanes) {
    F sum[rows];
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) sum[i] = onto ? F::load(sums + i * stride + p) : F(0.0f);
    for (int j = 0; j < tile.columns; ++j) {
      const F coefficient = F::load(coefficients + j * stride + p);
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i)
        sum[i] = multiply_add(coefficient, F(tile.totals[i * Shape::columns + j]), sum[i]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) sum[i].store(sums + i * stride + p);
  }
}

template <class F, class Shape, int rows = Shape::rows>
void weigh_tile(const Tile& tile, const float* coefficients, std::int64_t stride, bool onto,
                float* sums) {
  if constexpr (rows > 1) {
    if (tile.rows < rows)
      return weigh_tile<F, Shape, rows - 1>(tile, coefficients, stride, onto, sums);
  }
  weigh_rows<F, Shape, rows>(tile, coefficients, stride, onto, sums);
}

template <class F, int rows>
inline void sum_blocks_of_rows(const float* const* row, const std::int64_t* columns,
                               std::int64_t blocks, const double* coefficients, double* out) {
  Doubles low[rows] = {}, high[rows] = {};
  for (std::int64_t b = 0; b < blocks; ++b) {
    Doubles c_low, c_high;
    std::memcpy(&c_low, coefficients + b * formulas::sum_lanes, sizeof c_low);
    std::memcpy(&c_high, coefficients + b * formulas::sum_lanes + 8, sizeof c_high);
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) {
      Doubles k_low, k_high;
      widen<F>(row[i] + columns[b], k_low);
      widen<F>(row[i] + columns[b] + 8, k_high);
      low[i] += c_low * k_low;
      high[i] += c_high * k_high;
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < rows; ++i) out[i] = Lanes<F>{low[i], high[i]}.total();
}

template <class F>
void block_sums(const float* const* rows, std::int64_t count, const std::int64_t* columns,
                std::int64_t blocks, const double* coefficients, double* out) {
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    sum_blocks_of_rows<F, 4>(rows + i, columns, blocks, coefficients, out + i);
  for (; i < count; ++i) sum_blocks_of_rows<F, 1>(rows + i, columns, blocks, coefficients, out + i);
}

}  // namespace whiteline::cpu
