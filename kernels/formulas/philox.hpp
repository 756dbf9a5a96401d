// Philox4x32-10, the counter-based random numbers of J. K. Salmon et al., "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011. The same numbers on every device, in any order.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

// W is std::uint32_t, or a vector of them (src/cpu/simd_*.hpp), one generator a lane.
template <class W>
struct PhiloxOf {
  W word[4];
};
using PhiloxWords = PhiloxOf<std::uint32_t>;

// What a draw is for; part of its counter, so that no two uses share numbers.
enum class Purpose : std::uint32_t {
  init = 0,
  shuffle = 1,
  dropout = 2,
  noise = 3,
  translation = 4,
  latent = 5,
  evaluation = 6,
  split = 7,
  search = 8,
  energy_shift = 9,
  shot_noise = 10,
  bootstrap = 11,
  generation = 12,
  synth = 13,
  augment = 14,
  layout_edge = 15,
  layout_draw = 16,
};

WL_HD inline std::uint32_t high_product(std::uint32_t a, std::uint32_t b) {
  return std::uint32_t((std::uint64_t(a) * b) >> 32);
}

template <class W = std::uint32_t>
WL_HD inline PhiloxOf<W> philox(PhiloxOf<W> counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const W high0 = high_product(W(0xD2511F53u), counter.word[0]),
            low0 = W(0xD2511F53u) * counter.word[0],
            high1 = high_product(W(0xCD9E8D57u), counter.word[2]),
            low1 = W(0xCD9E8D57u) * counter.word[2];
    counter = {{high1 ^ counter.word[1] ^ W(key0), low1, high0 ^ counter.word[3] ^ W(key1), low0}};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

// The four words of block `block` of a stream; layer < 65536, attempt < 256.
WL_HD inline PhiloxWords philox_block(std::uint64_t seed, std::uint32_t block, std::uint32_t step,
                                      std::uint32_t layer, Purpose purpose, std::uint32_t model = 0,
                                      std::uint32_t attempt = 0) {
  return philox({{block, step, layer << 16 | std::uint32_t(purpose) << 8 | attempt, model}},
                std::uint32_t(seed), std::uint32_t(seed >> 32));
}

// Word of element `element`: word element % 4 of block element / 4.
WL_HD inline std::uint32_t philox_word(std::uint64_t seed, std::uint64_t element,
                                       std::uint32_t step, std::uint32_t layer, Purpose purpose) {
  return philox_block(seed, std::uint32_t(element / 4), step, layer, purpose).word[element % 4];
}

// In (0, 1), exact in float32.
WL_HD inline float uniform(std::uint32_t word) { return (float(word >> 9) + 0.5f) * 0x1p-23f; }

// The least word whose uniform number is not below `share`, which is in [0, 1).
WL_HD inline std::uint32_t threshold_of(float share) {
  const double below = double(share) * 0x1p23 - 0.5;  // of the upper 23 bits
  return below <= 0.0 ? 0u : std::uint32_t(std::int64_t(ceil(below))) << 9;
}

}  // namespace whiteline::formulas
