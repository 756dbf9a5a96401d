// Loops of SVM decisions: a few rows and a few pairs of classes at once, so that sums do not wait
// for each other and weights are read once for several rows. Only for vector_kernels_*.cpp; an
// element's own order of operations is that of kernels/formulas/sum.hpp, or ascending.
#pragma once

#include <cstdint>
#include <cstring>

#include "cpu/row_kernels.hpp"
#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu {

template <class F, int rows, int pairs>
inline void dot_block_of_rows(const float* x, std::int64_t x_stride, std::int64_t count,
                              const double* weights, std::int64_t weight_stride, double* out,
                              std::int64_t out_stride) {
  constexpr int lanes = formulas::sum_lanes;
  Doubles low[rows * pairs] = {}, high[rows * pairs] = {};  // sums; row e % rows, pair e / rows
  float rest[rows][lanes] = {};                             // the last elements, then zeros
  for (std::int64_t c = 0; c < count; c += lanes) {
    Doubles x_low[rows], x_high[rows];
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) {
      const float* from = x + i * x_stride + c;
      if (c + lanes > count) {
        std::memcpy(rest[i], from, std::size_t(count - c) * sizeof(float));
        from = rest[i];
      }
      widen<F>(from, x_low[i]);
      widen<F>(from + 8, x_high[i]);
    }
#pragma GCC unroll 4
    for (int e = 0; e < rows * pairs; ++e) {
      const double* w = weights + e / rows * weight_stride + c;
      Doubles w_low, w_high;
      std::memcpy(&w_low, w, sizeof w_low);
      std::memcpy(&w_high, w + 8, sizeof w_high);
      low[e] += x_low[e % rows] * w_low;  // products are exact: fused or not is the same
      high[e] += x_high[e % rows] * w_high;
    }
  }
#pragma GCC unroll 4
  for (int e = 0; e < rows * pairs; ++e)
    out[e % rows * out_stride + e / rows] = Lanes<F>{low[e], high[e]}.total();
}

template <class F, int rows>
inline void dot_rows(const float* x, std::int64_t x_stride, std::int64_t count,
                     const double* weights, std::int64_t weight_stride, std::int64_t pairs,
                     double* out, std::int64_t out_stride) {
  std::int64_t p = 0;
  const auto part = [&](auto block) {
    block(x, x_stride, count, weights + p * weight_stride, weight_stride, out + p, out_stride);
  };
  constexpr int together = 4 / rows;  // four products at once: more would not stay in registers
  for (; p + together <= pairs; p += together) part(dot_block_of_rows<F, rows, together>);
  for (; p < pairs; ++p) part(dot_block_of_rows<F, rows, 1>);
}

template <class F>
void row_dots(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t count,
              const double* weights, std::int64_t weight_stride, std::int64_t pairs, double* out,
              std::int64_t out_stride) {
  std::int64_t i = 0;
  for (; i + 2 <= rows; i += 2)
    dot_rows<F, 2>(x + i * x_stride, x_stride, count, weights, weight_stride, pairs,
                   out + i * out_stride, out_stride);
  for (; i < rows; ++i)
    dot_rows<F, 1>(x + i * x_stride, x_stride, count, weights, weight_stride, pairs,
                   out + i * out_stride, out_stride);
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

template <class F, int rows>
inline void weigh_block_of_rows(const float* k, std::int64_t k_stride, std::int64_t count,
                                const double* coefficients, std::int64_t stride, double* out,
                                std::int64_t out_stride) {
  Doubles sums[rows] = {};
  for (std::int64_t j = 0; j < count; ++j) {
    Doubles c;
    std::memcpy(&c, coefficients + j * stride, sizeof c);
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) sums[i] += c * double(k[i * k_stride + j]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < rows; ++i) std::memcpy(out + i * out_stride, &sums[i], sizeof sums[i]);
}

template <class F>
void weighted_sums(const float* k, std::int64_t k_stride, std::int64_t rows, std::int64_t count,
                   const double* coefficients, std::int64_t stride, double* out,
                   std::int64_t out_stride) {
  for (std::int64_t p = 0; p < stride; p += VectorKernels::pair_group) {
    std::int64_t i = 0;
    for (; i + 4 <= rows; i += 4)
      weigh_block_of_rows<F, 4>(k + i * k_stride, k_stride, count, coefficients + p, stride,
                                out + i * out_stride + p, out_stride);
    for (; i < rows; ++i)
      weigh_block_of_rows<F, 1>(k + i * k_stride, k_stride, count, coefficients + p, stride,
                                out + i * out_stride + p, out_stride);
  }
}

}  // namespace whiteline::cpu
