// Normal random numbers (G. E. P. Box and M. E. Muller, Ann. Math. Stat. 29 (1958) 610), the same
// bits on every device. The largest magnitude is 5.77.
#pragma once

#include "math.hpp"
#include "philox.hpp"

namespace whiteline::formulas {

struct NormalPair {
  float first, second;  // independent, mean 0, variance 1
};

WL_HD inline NormalPair normal_pair(std::uint32_t word_a, std::uint32_t word_b) {
  const float radius = sqrtf(-2.0f * natural_logarithm(uniform(word_a)));
  const SineCosine turn = sine_cosine_of_turns(uniform(word_b));
  return {radius * turn.cosine, radius * turn.sine};
}

// Normal number of element `element`: each block of four words gives four.
WL_HD inline float normal(const PhiloxWords& words, std::uint32_t element) {
  const std::uint32_t first = element & 2u;
  const NormalPair pair = normal_pair(words.word[first], words.word[first + 1]);
  return element & 1u ? pair.second : pair.first;
}

}  // namespace whiteline::formulas
