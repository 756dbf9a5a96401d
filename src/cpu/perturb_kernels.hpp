// Random numbers and what they change, written once over F and W (simd_*.hpp). Only for
// network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/tile_kernels.hpp"
#include "formulas/philox.hpp"

namespace whiteline::cpu {

template <class F, class W>
void draw(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
          const std::uint32_t (&counter)[3], std::uint32_t* words) {
  std::uint32_t number[F::lanes];
  for (int l = 0; l < F::lanes; ++l) number[l] = std::uint32_t(l);
  const W numbers = W::load(number);
  for (std::int64_t b = 0; b < blocks; b += F::lanes) {
    const formulas::PhiloxOf<W> drawn =
        formulas::philox<W>({{W(first_block + std::uint32_t(b)) + numbers, W(counter[0]),
                              W(counter[1]), W(counter[2])}},
                            std::uint32_t(seed), std::uint32_t(seed >> 32));
    std::uint32_t lane[4][F::lanes];
    for (int w = 0; w < 4; ++w) drawn.word[w].store(lane[w]);
    const std::int64_t used = at_most_lanes<F>(blocks - b);
    for (std::int64_t l = 0; l < used; ++l)
      for (int w = 0; w < 4; ++w) words[4 * (b + l) + w] = lane[w][l];
  }
}

template <class F, class W>
void drop(const std::uint32_t* words, std::uint32_t threshold, float scale, const float* x,
          std::int64_t count, float* y) {
  for (std::int64_t c = 0; c < count; c += F::lanes) {
    const auto mask = F::first(at_most_lanes<F>(count - c));
    const auto dropped = W::load(words + c, mask) < W(threshold);
    select(dropped, F(0.0f), F::load(x + c, mask) * F(scale)).store(y + c, mask);
  }
}

template <class F, class W>
void add_poisson(const std::uint32_t* words, const formulas::PoissonTable& table, float scale,
                 const float* x, std::int64_t count, float* y) {
  for (std::int64_t c = 0; c < count; c += F::lanes) {
    const auto mask = F::first(at_most_lanes<F>(count - c));
    const W word = W::load(words + c, mask);
    F number(0.0f);  // of entries not above the word: they ascend
    for (int k = 0; k < table.size; ++k)
      number = number + select(word < W(table.entry[k]), F(0.0f), F(1.0f));
    multiply_add(F(scale), number, F::load(x + c, mask)).store(y + c, mask);
  }
}

}  // namespace whiteline::cpu
