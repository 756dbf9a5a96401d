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

// What is brought closer meanwhile: rows [first, last) of those `ahead` floats further on. The
// second cache is close enough, and the first is full of weights.
struct Fetch {
  std::int64_t ahead;
  int first, last;
};

// Dot products of some rows with `pairs` weight vectors ([step of 16 channels][pair][16]) and, with
// `norms`, of each row with itself, after those: sums[row * (pairs + norms) + pair]. `sums` has
// room for a multiple of 16.
template <class F, int rows, int pairs, bool norms>
inline void dot_rows(const float* const (&x)[rows], std::int64_t count, const Fetch& fetch,
                     const float* weights, float* sums) {
  constexpr int vectors = lane_vectors<F>, lanes = formulas::sum_lanes;
  constexpr int all = rows * (pairs + norms), padded = (all + lanes - 1) / lanes * lanes;
  F sum[padded][vectors];
#pragma GCC unroll 64
  for (int i = 0; i < padded; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) sum[i][v] = F(0.0f);
  const auto step = [&](auto&& element) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      F value[rows];
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) value[r] = element(r, v * F::lanes);
#pragma GCC unroll 16
      for (int p = 0; p < pairs; ++p) {
        const F weight = F::load(weights + p * lanes + v * F::lanes);
#pragma GCC unroll 4
        for (int r = 0; r < rows; ++r) {
          F& total = sum[r * (pairs + norms) + p][v];
          total = multiply_add(value[r], weight, total);
        }
      }
      if constexpr (norms)
#pragma GCC unroll 4
        for (int r = 0; r < rows; ++r) {
          F& total = sum[r * (pairs + norms) + pairs][v];
          total = multiply_add(value[r], value[r], total);
        }
    }
    weights += pairs * lanes;
  };
  std::int64_t c = 0;
  for (; c + lanes <= count; c += lanes) {
    for (int r = fetch.first; r < fetch.last; ++r) __builtin_prefetch(x[r] + fetch.ahead + c, 0, 2);
    step([&](int r, int first) { return F::load(x[r] + c + first); });
  }
  if (c < count)
    step([&](int r, int first) {
      return F::load(x[r] + c + first, F::first(at_most_lanes<F>(count - c - first)));
    });
#pragma GCC unroll 4
  for (int i = 0; i < padded; i += lanes)
    lane_totals(reinterpret_cast<const F(&)[lanes][vectors]>(sum[i]), sums + i);
}

// Calls the function made for this number of pairs.
template <class F, int rows, int pairs, bool norms>
inline void dot_pairs(int wanted, const float* const (&x)[rows], std::int64_t count,
                      const Fetch& fetch, const float* weights, float* sums) {
  if constexpr (pairs > 1) {
    if (wanted < pairs)
      return dot_pairs<F, rows, pairs - 1, norms>(wanted, x, count, fetch, weights, sums);
  }
  dot_rows<F, rows, pairs, norms>(x, count, fetch, weights, sums);
}

template <class F, int most_rows, int most_pairs>
void primal_dots(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t count,
                 const float* weights, std::int64_t pairs, float* out, std::int64_t out_stride,
                 float* squared_norms) {
  constexpr std::int64_t lanes = formulas::sum_lanes;
  const std::int64_t steps = (count + lanes - 1) / lanes;
  const std::int64_t passes = (pairs + most_pairs - 1) / most_pairs;
  alignas(64) float sums[(most_rows * (most_pairs + 1) + lanes - 1) / lanes * lanes];
  for (std::int64_t i = 0; i < rows; i += most_rows) {
    const std::int64_t used = rows - i < most_rows ? rows - i : most_rows;
    const float* some[most_rows];
    for (std::int64_t r = 0; r < most_rows; ++r)  // missing rows are the last one once more
      some[r] = x + (i + (r < used ? r : used - 1)) * x_stride;
    for (std::int64_t p = 0, pass = 0; p < pairs; p += most_pairs, ++pass) {
      const int group = int(pairs - p < most_pairs ? pairs - p : most_pairs);
      const float* const part = weights + p * steps * lanes;
      const Fetch fetch{2 * most_rows * x_stride, int(pass * most_rows / passes),
                        int((pass + 1) * most_rows / passes)};
      if (p == 0)
        dot_pairs<F, most_rows, most_pairs, true>(group, some, count, fetch, part, sums);
      else
        dot_pairs<F, most_rows, most_pairs, false>(group, some, count, fetch, part, sums);
      const std::int64_t each = group + (p == 0);
      for (std::int64_t r = 0; r < used; ++r) {
        for (std::int64_t e = 0; e < group; ++e)
          out[(i + r) * out_stride + p + e] = sums[r * each + e];
        if (p == 0) squared_norms[i + r] = sums[r * each + group];
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
