// Translations of batches of spectra, by numbers drawn for all of them.
#pragma once

#include <cstdint>

#include "philox.hpp"

namespace whiteline::formulas {

struct Translation {
  std::int64_t by;
  bool left;  // towards position 0

  // What position p becomes the value of: of p itself where nothing moves in.
  WL_HD std::int64_t source(std::int64_t p, std::int64_t positions) const {
    const std::int64_t from = left ? p + by : p - by;
    return from >= 0 && from < positions ? from : p;
  }
};

WL_HD inline bool coin(std::uint32_t word) { return word < 0x80000000u; }

WL_HD inline Translation translation(const PhiloxWords& words, std::int64_t by) {
  return {by, coin(words.word[0])};
}

// By 1 .. most.
WL_HD inline Translation random_translation(const PhiloxWords& words, std::uint32_t most) {
  return {1 + std::int64_t(high_product(words.word[0], most)), coin(words.word[1])};
}

}  // namespace whiteline::formulas
