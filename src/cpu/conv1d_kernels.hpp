// Convolutions along one axis with few filters: windows end to end in memory, filters in vectors,
// positions in registers. Written once over F (simd_*.hpp). Only for network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/tile_kernels.hpp"

namespace whiteline::cpu {

// Windows of a block, element by element: row i lies i steps on. Few pointers, of three rows each,
// so that all of them stay in registers.
template <int rows>
struct WindowRows {
  static constexpr int threes = (rows + 2) / 3;
  const float* from[threes];
  std::int64_t step;

  WindowRows(const float* first, std::int64_t step) : step(step) {
    for (int i = 0; i < threes; ++i) from[i] = first + 3 * i * step;
  }
  float row(int i) const { return from[i / 3][i % 3 * step]; }
  void next() {
#pragma GCC unroll 16
    for (int i = 0; i < threes; ++i) ++from[i];
  }
};

// Elements side by side in a window, window by window.
struct WindowElements {
  const float* from;
  std::int64_t step;

  float row(int i) const { return from[i]; }
  void next() { from += step; }
};

// sum[i][v] += the chain of FMAs over k < depth of row i of `left` and vector v of `right`;
// load(right, v), rows of `right` right_step apart.
template <int rows, int vectors, class F, class Left, class Load>
[[gnu::always_inline]] inline void add_products(Left left, const float* right,
                                                std::int64_t right_step, std::int64_t depth,
                                                F (&sum)[rows][vectors], const Load& load) {
  for (std::int64_t k = 0; k < depth; ++k) {
    F column[vectors];
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) column[v] = load(right, v);
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const F row = F(left.row(i));
#pragma GCC unroll 2
      for (int v = 0; v < vectors; ++v) sum[i][v] = multiply_add(row, column[v], sum[i][v]);
    }
    left.next();
    right += right_step;
  }
}

template <int rows, int vectors, class F>
[[gnu::always_inline]] inline void clear(F (&sum)[rows][vectors]) {
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v) sum[i][v] = F(0.0f);
}

// Cuts `size` into the fewest runs of at most `most`, of nearly equal length.
template <int most, class Body>
inline void balanced_runs(std::int64_t size, Body&& body) {
  std::int64_t runs = (size + most - 1) / most;
  for (std::int64_t begin = 0; begin < size; --runs) {
    const std::int64_t count = (size - begin + runs - 1) / runs;
    body(begin, count);
    begin += count;
  }
}

// Rows of a block of `vectors` vectors that fit in the registers.
template <class Shape, int vectors>
constexpr int block_rows = vectors == 2 ? Shape::rows
                                        : (2 * Shape::rows < 14 ? 2 * Shape::rows : 14);

template <class F, class Shape, int vectors>
inline void convolve_panel(const Windows& windows, const float* weights, std::int64_t columns,
                           const float* bias, bool onto, float* out, std::int64_t out_step) {
  balanced_runs<block_rows<Shape, vectors>>(
      windows.count, [&](std::int64_t begin, std::int64_t count) {
        with_count<block_rows<Shape, vectors>>(count, [&]<int rows>() {
          F sum[rows][vectors];
          clear(sum);
          add_products<rows, vectors>(
              WindowRows<rows>(windows.data + begin * windows.step, windows.step), weights,
              vectors * F::lanes, windows.depth, sum,
              [](const float* from, int v) { return F::load(from + v * F::lanes); });
#pragma GCC unroll 16
          for (int i = 0; i < rows; ++i)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; ++v) {
              const auto mask = F::first(at_most_lanes<F>(columns - v * F::lanes));
              float* const to = out + (begin + i) * out_step + v * F::lanes;
              const F start = onto   ? F::load(to, mask)
                              : bias ? F::load(bias + v * F::lanes, mask)
                                     : F(0.0f);
              (start + sum[i][v]).store(to, mask);
            }
        });
      });
}

template <class F, class Shape>
void convolve(const Windows& windows, const float* weights, std::int64_t columns, const float* bias,
              bool onto, float* out, std::int64_t out_step) {
  for (std::int64_t c = 0; c < columns; c += 2 * F::lanes) {
    const std::int64_t rest = columns - c;
    const float* const biases = bias ? bias + c : nullptr;
    if (rest > F::lanes)
      convolve_panel<F, Shape, 2>(windows, weights, rest, biases, onto, out + c, out_step);
    else
      convolve_panel<F, Shape, 1>(windows, weights, rest, biases, onto, out + c, out_step);
    weights += windows.depth * 2 * F::lanes;
  }
}

template <class F, class Shape, int vectors>
inline void correlate_panel(const Windows& windows, const float* dz, std::int64_t dz_step,
                            std::int64_t columns, float* totals, std::int64_t stride) {
  typename F::Mask mask[vectors];
  for (int v = 0; v < vectors; ++v) mask[v] = F::first(at_most_lanes<F>(columns - v * F::lanes));
  balanced_runs<block_rows<Shape, vectors>>(
      windows.depth, [&](std::int64_t begin, std::int64_t count) {
        with_count<block_rows<Shape, vectors>>(count, [&]<int rows>() {
          F sum[rows][vectors];
          clear(sum);
          add_products<rows, vectors>(
              WindowElements{windows.data + begin, windows.step}, dz, dz_step, windows.count, sum,
              [&](const float* from, int v) { return F::load(from + v * F::lanes, mask[v]); });
#pragma GCC unroll 16
          for (int i = 0; i < rows; ++i)
#pragma GCC unroll 2
            for (int v = 0; v < vectors; ++v) {
              float* const to = totals + (begin + i) * stride + v * F::lanes;
              (F::load(to, mask[v]) + sum[i][v]).store(to, mask[v]);
            }
        });
      });
}

template <class F, class Shape>
void correlate(const Windows& windows, const float* dz, std::int64_t dz_step, std::int64_t columns,
               float* totals) {
  for (std::int64_t c = 0; c < columns; c += 2 * F::lanes) {
    const std::int64_t rest = columns - c;
    if (rest > F::lanes)
      correlate_panel<F, Shape, 2>(windows, dz + c, dz_step, rest, totals + c, columns);
    else
      correlate_panel<F, Shape, 1>(windows, dz + c, dz_step, rest, totals + c, columns);
  }
}

}  // namespace whiteline::cpu
