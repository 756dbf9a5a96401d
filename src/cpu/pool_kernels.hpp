// Pools, written once over F (simd_*.hpp). Only for network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"

namespace whiteline::cpu {

template <class F, class Part>
inline F window_maximum(const float* x, std::int64_t step, std::int64_t count, const Part& part) {
  F most = part.load(x);
  for (std::int64_t p = 1; p < count; ++p) {
    const F value = part.load(x + p * step);
    most = select(most < value, value, most);
  }
  return most;
}

template <class F>
void pool(core::Pooling kind, const float* x, std::int64_t step, std::int64_t count, float scale,
          std::int64_t columns, float* y) {
  along<F>(columns, [&](std::int64_t c, auto part) {
    if (kind == core::Pooling::max)
      return part.store(window_maximum<F>(x + c, step, count, part), y + c);
    F sum = part.load(x + c);
    for (std::int64_t p = 1; p < count; ++p) sum = sum + part.load(x + p * step + c);
    part.store(sum * F(scale), y + c);
  });
}

template <class F>
void pool_backward(core::Pooling kind, const float* x, std::int64_t step, std::int64_t count,
                   float scale, std::int64_t columns, const float* dy, float* dx,
                   std::int64_t dx_step) {
  along<F>(columns, [&](std::int64_t c, auto part) {
    const bool max = kind == core::Pooling::max;
    const F most = max ? window_maximum<F>(x + c, step, count, part) : F(0.0f);
    F rest = max ? part.load(dy + c) : part.load(dy + c) * F(scale);
    for (std::int64_t p = 0; p < count; ++p) {
      float* const to = dx + p * dx_step + c;
      if (!max) {
        part.store(part.load(to) + rest, to);
        continue;
      }
      const auto here = part.load(x + p * step + c) == most;  // the first one takes all
      part.store(part.load(to) + select(here, rest, F(0.0f)), to);
      rest = select(here, F(0.0f), rest);
    }
  });
}

}  // namespace whiteline::cpu
