// Compiled for AVX-512 with products of bfloat16 (CMakeLists.txt): run only where isa() says so.
#include <immintrin.h>

#include "cpu/vector_kernels.hpp"

namespace whiteline::cpu::avx512_bf16 {

namespace {

constexpr int lanes = 16, most_rows = 14, vectors = 2;  // the tile of avx512::kernels

template <int rows>
void accumulate_rows(const float* left, const float* right, std::int64_t depth, float* totals) {
  __m512 sum[rows][vectors];
#pragma GCC unroll 16
  for (auto& row : sum) row[0] = row[1] = _mm512_setzero_ps();
  for (const float* const end = left + depth * rows; left != end; left += rows) {
    const __m512bh first = (__m512bh)_mm512_loadu_si512(right);
    const __m512bh second = (__m512bh)_mm512_loadu_si512(right + lanes);
    right += vectors * lanes;
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      const __m512bh row = (__m512bh)_mm512_set1_ps(left[i]);
      sum[i][0] = _mm512_dpbf16_ps(sum[i][0], row, first);
      sum[i][1] = _mm512_dpbf16_ps(sum[i][1], row, second);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (int v = 0; v < vectors; ++v)
      _mm512_storeu_ps(totals + (i * vectors + v) * lanes, sum[i][v]);
}

// Calls the function made for this number of rows.
template <int rows>
void accumulate(int used, const float* left, const float* right, std::int64_t depth,
                float* totals) {
  if constexpr (rows > 1)
    if (used < rows) return accumulate<rows - 1>(used, left, right, depth, totals);
  accumulate_rows<rows>(left, right, depth, totals);
}

}  // namespace

void accumulate_pairs(int rows, const float* left, const float* right, std::int64_t depth,
                      float* totals) {
  accumulate<most_rows>(rows, left, right, depth, totals);
}

}  // namespace whiteline::cpu::avx512_bf16
