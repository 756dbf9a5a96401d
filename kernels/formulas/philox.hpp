// Philox4x32-10, the counter-based random numbers of J. K. Salmon et al., "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011. The same numbers on every device, in any order.
#pragma once

#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

struct PhiloxWords {
  std::uint32_t word[4];
};

// What a draw is for; part of its counter, so that no two uses share numbers.
enum class Purpose : std::uint32_t {
  init = 0,
  shuffle = 1,
  noise = 3,
  split = 7,
  synth = 13,
  augment = 14,
  layout_edge = 15,
  layout_draw = 16,
};

WL_HD inline std::uint32_t high_product(std::uint32_t a, std::uint32_t b) {
  return std::uint32_t((std::uint64_t(a) * b) >> 32);
}

WL_HD inline PhiloxWords philox(PhiloxWords counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint32_t high0 = high_product(0xD2511F53u, counter.word[0]),
                        low0 = 0xD2511F53u * counter.word[0],
                        high1 = high_product(0xCD9E8D57u, counter.word[2]),
                        low1 = 0xCD9E8D57u * counter.word[2];
    counter = {{high1 ^ counter.word[1] ^ key0, low1, high0 ^ counter.word[3] ^ key1, low0}};
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

}  // namespace whiteline::formulas
