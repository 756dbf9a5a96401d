// Packing, products and what follows them, written once over a vector of floats (simd_*.hpp). Only
// for vector_kernels_*.cpp. Every function is a template over that vector, so that what one
// instruction set compiles is never linked into another's place.
#pragma once

#include <cstdint>

#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

// rows x columns of floats, columns = vectors * F::lanes.
template <class F, int tile_rows_, int vectors_>
struct TileShape {
  static constexpr int rows = tile_rows_, vectors = vectors_, columns = vectors_ * F::lanes;
};

template <class F>
constexpr std::int64_t at_most_lanes(std::int64_t count) {
  return count < F::lanes ? (count < 0 ? 0 : count) : F::lanes;
}

// The rows [0, used) of x, `count` columns, each row a vector; zeros elsewhere.
template <class F>
inline void load_block(const float* x, std::int64_t stride, std::int64_t used, std::int64_t count,
                       F (&block)[F::lanes]) {
  const auto mask = F::first(count);
#pragma GCC unroll 16
  for (int i = 0; i < F::lanes; ++i)
    block[i] = i >= used           ? F(0.0f)
               : count == F::lanes ? F::load(x + i * stride)
                                   : F::load(x + i * stride, mask);
}

// How far ahead of the packing the factor is fetched: along a row, and down the rows.
constexpr int floats_ahead = 64;
constexpr int rows_ahead = 32;

// Element (i, k) of the factor lies at from[k * step + i].
template <class F>
inline void pack_side_by_side(const float* from, std::int64_t step, int used, int width,
                              std::int64_t depth, float* to) {
  for (std::int64_t k = 0; k < depth; ++k)
    for (int i = 0; i < width; i += F::lanes) {
      const float* const part = from + k * step + i;
      __builtin_prefetch(part + rows_ahead * step);
      F::load(part, F::first(at_most_lanes<F>(used - i))).store(to + k * width + i);
    }
}

// Element (i, k) of the factor lies at from[i * step + k].
template <class F>
inline void pack_end_to_end(const float* from, std::int64_t step, int used, int width,
                            std::int64_t depth, float* to) {
  for (std::int64_t k = 0; k < depth; k += F::lanes) {
    const std::int64_t count = at_most_lanes<F>(depth - k);
    for (int i = 0; i < width; i += F::lanes) {
      const float* const part = from + i * step + k;
      const std::int64_t rows = at_most_lanes<F>(used - i);
      for (std::int64_t r = 0; r < rows; ++r) __builtin_prefetch(part + r * step + floats_ahead);
      F block[F::lanes];
      load_block<F>(part, step, rows, count, block);
      transpose(block);
      for (std::int64_t c = 0; c < count; ++c) block[c].store(to + (k + c) * width + i);
    }
  }
}

// A vector that reaches past `width` is overwritten by the next k.
template <class F>
void pack(Factor from, int used, int width, std::int64_t depth, float* to) {
  if (from.row_step == 1)
    pack_side_by_side<F>(from.data, from.depth_step, used, width, depth, to);
  else
    pack_end_to_end<F>(from.data, from.row_step, used, width, depth, to);
}

// Packed rows of the left factor, `rows` side by side.
template <int rows>
struct PackedLeft {
  const float* at;

  float row(int i) const { return at[i]; }
  void next() { at += rows; }
};

// Rows that lie end to end in memory, `step` apart, and are packed on the way. Few pointers, of
// three rows each, so that all of them stay in registers.
template <int rows>
struct LeftToPack {
  static constexpr int threes = (rows + 2) / 3;
  const float* from[threes];
  std::int64_t step;
  float* to;

  LeftToPack(const float* first, std::int64_t step, float* to) : step(step), to(to) {
    for (int i = 0; i < threes; ++i) from[i] = first + 3 * i * step;
  }
  float row(int i) const { return to[i] = from[i / 3][i % 3 * step]; }
  void next() {
#pragma GCC unroll 16
    for (int i = 0; i < threes; ++i) ++from[i];
    to += rows;
  }
};

// Packed columns of the right factor.
template <class F, class Shape>
struct PackedRight {
  const float* at;

  F column(int v) const { return F::load(at + v * F::lanes); }
  void next() { at += Shape::columns; }
};

// Columns that lie side by side in memory, those of the next depth `step` further, and are packed
// on the way.
template <class F, class Shape>
struct RightToPack {
  const float* from;
  std::int64_t step;
  float* to;

  F column(int v) const {
    __builtin_prefetch(from + rows_ahead * step + v * F::lanes);
    const F result = F::load(from + v * F::lanes);
    result.store(to + v * F::lanes);
    return result;
  }
  void next() {
    from += step;
    to += Shape::columns;
  }
};

template <class F, class Shape, int rows, class Left, class Right>
inline void accumulate_product(Left left, Right right, std::int64_t depth, bool onto,
                               float* totals) {
  for (std::int64_t begin = 0; begin < depth || begin == 0; begin += formulas::dot_block) {
    F sum[rows][Shape::vectors];
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
      for (int v = 0; v < Shape::vectors; ++v) sum[i][v] = F(0.0f);
    const std::int64_t rest = depth - begin;
    for (std::int64_t k = rest < formulas::dot_block ? rest : formulas::dot_block; k > 0; --k) {
      F column[Shape::vectors];
#pragma GCC unroll 4
      for (int v = 0; v < Shape::vectors; ++v) column[v] = right.column(v);
#pragma GCC unroll 16
      for (int i = 0; i < rows; ++i) {
        const F row = F(left.row(i));
#pragma GCC unroll 4
        for (int v = 0; v < Shape::vectors; ++v)
          sum[i][v] = multiply_add(row, column[v], sum[i][v]);
      }
      left.next();
      right.next();
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i)
#pragma GCC unroll 4
      for (int v = 0; v < Shape::vectors; ++v) {
        float* const total = totals + i * Shape::columns + v * F::lanes;
        ((onto || begin > 0 ? F::load(total) : F(0.0f)) + sum[i][v]).store(total);
      }
  }
}

template <class F, class Shape, int rows>
void accumulate_rows(const float* left, const float* right, std::int64_t depth, bool onto,
                     float* totals) {
  accumulate_product<F, Shape, rows>(PackedLeft<rows>{left}, PackedRight<F, Shape>{right}, depth,
                                     onto, totals);
}

template <class F, class Shape>
void accumulate_packing_left(const float* from, std::int64_t step, const float* right,
                             std::int64_t depth, bool onto, float* packed, float* totals) {
  accumulate_product<F, Shape, Shape::rows>(LeftToPack<Shape::rows>(from, step, packed),
                                            PackedRight<F, Shape>{right}, depth, onto, totals);
}

template <class F, class Shape>
void accumulate_packing_right(const float* left, const float* from, std::int64_t step,
                              std::int64_t depth, bool onto, float* packed, float* totals) {
  accumulate_product<F, Shape, Shape::rows>(PackedLeft<Shape::rows>{left},
                                            RightToPack<F, Shape>{from, step, packed}, depth, onto,
                                            totals);
}

// Calls the function made for this number of rows.
template <class F, class Shape, int rows = Shape::rows>
void accumulate(int used, const float* left, const float* right, std::int64_t depth, bool onto,
                float* totals) {
  if constexpr (rows > 1) {
    if (used < rows) return accumulate<F, Shape, rows - 1>(used, left, right, depth, onto, totals);
  }
  accumulate_rows<F, Shape, rows>(left, right, depth, onto, totals);
}

// out(i, j) = value(i, j, vector of totals, mask of the lanes in use, place), vector by vector. A
// vector in full use is stored without its mask, which takes a processor much less time.
template <class F, class Shape, class Value>
inline void write_tile(const Tile& tile, float* out, std::int64_t stride, Value&& value) {
  for (int i = 0; i < tile.rows; ++i)
    for (int j = 0; j < tile.columns; j += F::lanes) {
      const std::int64_t used = at_most_lanes<F>(tile.columns - j);
      const auto mask = F::first(used);
      float* const to = out + (tile.row + i) * stride + tile.column + j;
      const F result = value(i, j, F::load(tile.totals + i * Shape::columns + j), mask, to);
      if (used == F::lanes)
        result.store(to);
      else
        result.store(to, mask);
    }
}

template <class F, class Shape>
void scale_tile(const Tile& tile, float alpha, float beta, float* out, std::int64_t stride) {
  const F a = F(alpha), b = F(beta);
  if (beta == 0.0f)
    return write_tile<F, Shape>(tile, out, stride,
                                [&](int, int, F total, auto, float*) { return a * total; });
  write_tile<F, Shape>(tile, out, stride, [&](int, int, F total, auto mask, float* to) {
    return multiply_add(b, F::load(to, mask), a * total);
  });
}

// Calls body with constants whose function the compiler knows, so that no loop asks for it.
template <class Body>
inline void with_known_function(formulas::KernelConstants constants, Body&& body) {
  using formulas::KernelFunction;
  switch (constants.function) {
    case KernelFunction::linear:
      constants.function = KernelFunction::linear;
      return body(constants);
    case KernelFunction::polynomial:
      constants.function = KernelFunction::polynomial;
      return body(constants);
    case KernelFunction::rbf:
      constants.function = KernelFunction::rbf;
      return body(constants);
    case KernelFunction::sigmoid:
      constants.function = KernelFunction::sigmoid;
      return body(constants);
  }
}

template <class F, class Shape>
void kernel_tile(const Tile& tile, const formulas::KernelConstants& function,
                 const KernelSides& sides, float* out, std::int64_t stride) {
  F right_squared_norm[Shape::vectors], right_mean_dot[Shape::vectors];
  for (int v = 0; v < Shape::vectors; ++v) {
    const auto mask = F::first(at_most_lanes<F>(tile.columns - v * F::lanes));
    right_squared_norm[v] = F::load(sides.right_squared_norm + tile.column + v * F::lanes, mask);
    right_mean_dot[v] = F::load(sides.right_mean_dot + tile.column + v * F::lanes, mask);
  }
  with_known_function(function, [&](const formulas::KernelConstants& known) {
    write_tile<F, Shape>(tile, out, stride, [&](int i, int j, F total, auto, float*) {
      const std::int64_t row = tile.row + i, column = tile.column + j;
      return formulas::kernel_value(known, total, F(sides.left_squared_norm[row]),
                                    right_squared_norm[j / F::lanes], F(sides.left_mean_dot[row]),
                                    right_mean_dot[j / F::lanes],
                                    F::only(row + sides.row_shift - column));
    });
  });
}

template <class F>
void kernel_row(const formulas::KernelConstants& function, const KernelSides& sides,
                std::int64_t row, std::int64_t columns, const float* products, float* out) {
  const F q = F(sides.left_squared_norm[row]), a = F(sides.left_mean_dot[row]);
  for (std::int64_t j = 0; j < columns; j += F::lanes) {
    const auto mask = F::first(at_most_lanes<F>(columns - j));
    formulas::kernel_value(
        function, F::load(products + j, mask), q, F::load(sides.right_squared_norm + j, mask), a,
        F::load(sides.right_mean_dot + j, mask), F::only(row + sides.row_shift - j))
        .store(out + j, mask);
  }
}

template <class F>
void transpose_part(const float* from, std::int64_t from_stride, std::int64_t rows,
                    std::int64_t columns, float* to, std::int64_t to_stride) {
  for (std::int64_t i = 0; i < rows; i += F::lanes)
    for (std::int64_t j = 0; j < columns; j += F::lanes) {
      const std::int64_t used = at_most_lanes<F>(rows - i), count = at_most_lanes<F>(columns - j);
      F block[F::lanes];
      load_block<F>(from + i * from_stride + j, from_stride, used, count, block);
      transpose(block);
      const auto mask = F::first(used);
      for (std::int64_t c = 0; c < count; ++c) block[c].store(to + (j + c) * to_stride + i, mask);
    }
}

template <class F, class Function>
inline void map(const float* x, std::int64_t count, float* out, Function&& function) {
  for (std::int64_t i = 0; i < count; i += F::lanes) {
    const auto mask = F::first(at_most_lanes<F>(count - i));
    function(F::load(x + i, mask)).store(out + i, mask);
  }
}

template <class F>
void map_exponential(const float* x, std::int64_t count, float* out) {
  map<F>(x, count, out, [](F v) { return formulas::exponential(v); });
}
template <class F>
void map_hyperbolic_tangent(const float* x, std::int64_t count, float* out) {
  map<F>(x, count, out, [](F v) { return formulas::hyperbolic_tangent(v); });
}

}  // namespace whiteline::cpu
