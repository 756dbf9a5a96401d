// Random numbers and what they change, written once over F and W (simd_*.hpp). Only for
// network_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/along.hpp"
#include "cpu/network_kernels.hpp"
#include "cpu/tile_kernels.hpp"
#include "formulas/normal.hpp"
#include "formulas/philox.hpp"

namespace whiteline::cpu {

// use(b, words) for the vectors of blocks of Philox that begin at block b.
template <class F, class W, class Use>
inline void each_block(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
                       const std::uint32_t (&counter)[3], const Use& use) {
  std::uint32_t number[F::lanes];
  for (int l = 0; l < F::lanes; ++l) number[l] = std::uint32_t(l);
  const W numbers = W::load(number);
  for (std::int64_t b = 0; b < blocks; b += F::lanes)
    use(b, formulas::philox<W>({{W(first_block + std::uint32_t(b)) + numbers, W(counter[0]),
                                 W(counter[1]), W(counter[2])}},
                               std::uint32_t(seed), std::uint32_t(seed >> 32)));
}

// to[4 * l + w] = lane l of numbers[w], of the first `used` lanes.
template <class F, class Vector, class Number>
inline void store_blocks(const Vector (&numbers)[4], std::int64_t used, Number* to) {
  Number lane[4][F::lanes];
  for (int w = 0; w < 4; ++w) numbers[w].store(lane[w]);
  if (used == F::lanes) {
    for (int l = 0; l < F::lanes; ++l)
      for (int w = 0; w < 4; ++w) to[4 * l + w] = lane[w][l];
    return;
  }
  for (std::int64_t l = 0; l < used; ++l)
    for (int w = 0; w < 4; ++w) to[4 * l + w] = lane[w][l];
}

template <class F, class W>
void draw(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
          const std::uint32_t (&counter)[3], std::uint32_t* words) {
  each_block<F, W>(seed, first_block, blocks, counter,
                   [&](std::int64_t b, const formulas::PhiloxOf<W>& drawn) {
                     store_blocks<F>(drawn.word, at_most_lanes<F>(blocks - b), words + 4 * b);
                   });
}

template <class F, class W>
void draw_normals(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
                  const std::uint32_t (&counter)[3], float* normals) {
  each_block<F, W>(
      seed, first_block, blocks, counter, [&](std::int64_t b, const formulas::PhiloxOf<W>& drawn) {
        F numbers[4];
        for (int w = 0; w < 4; w += 2) {
          const formulas::NormalPairOf<F> pair =
              formulas::normal_pair<F>(uniform(drawn.word[w]), uniform(drawn.word[w + 1]));
          numbers[w] = pair.first;
          numbers[w + 1] = pair.second;
        }
        store_blocks<F>(numbers, at_most_lanes<F>(blocks - b), normals + 4 * b);
      });
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

template <class F>
void add_scaled(const float* numbers, float scale, const float* x, std::int64_t count, float* y) {
  along<F>(count, [&](std::int64_t c, auto part) {
    part.store(multiply_add(F(scale), part.load(numbers + c), part.load(x + c)), y + c);
  });
}

template <class F>
void scale_around_one(const float* numbers, float deviation, const float* x, std::int64_t count,
                      float* y) {
  along<F>(count, [&](std::int64_t c, auto part) {
    const F factor = multiply_add(F(deviation), part.load(numbers + c), F(1.0f));
    part.store(part.load(x + c) * factor, y + c);
  });
}

}  // namespace whiteline::cpu
