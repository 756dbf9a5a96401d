// Up to four numbers of a row at once.
#pragma once

#include "table.cuh"

namespace whiteline::kernels {

// Up to four numbers of a line of `size` from `at` on, at % 4 == 0; zeros beyond the end.
__device__ inline Quad quad_of(const float* line, int at, int size, bool quads) {
  Quad read{};
  if (quads && at + 4 <= size) return *reinterpret_cast<const Quad*>(line + at);
#pragma unroll
  for (int c = 0; c < 4; ++c)
    if (at + c < size) read.value[c] = line[at + c];
  return read;
}

// The first `count` numbers.
__device__ inline void write_some(float* to, int count, bool quads, const Quad& quad) {
  if (quads && count == 4) {
    *reinterpret_cast<Quad*>(to) = quad;
    return;
  }
#pragma unroll
  for (int c = 0; c < 4; ++c)
    if (c < count) to[c] = quad.value[c];
}

}  // namespace whiteline::kernels
