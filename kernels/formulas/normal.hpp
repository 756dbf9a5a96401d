// Normal random numbers (G. E. P. Box and M. E. Muller, Ann. Math. Stat. 29 (1958) 610), the same
// bits on every device. The largest magnitude is 5.77. F is float, or a vector of floats
// (src/cpu/simd_*.hpp).
#pragma once

#include "math.hpp"
#include "philox.hpp"

namespace whiteline::formulas {

template <class F>
struct NormalPairOf {
  F first, second;  // independent, mean 0, variance 1
};
using NormalPair = NormalPairOf<float>;

// From two uniform numbers.
template <class F>
WL_HD inline NormalPairOf<F> normal_pair(F a, F b) {
  const F radius = square_root(F(-2.0f) * natural_logarithm(a));
  const SineCosine<F> turn = sine_cosine_of_turns(b);
  return {radius * turn.cosine, radius * turn.sine};
}

WL_HD inline NormalPair normal_pair(std::uint32_t word_a, std::uint32_t word_b) {
  return normal_pair(uniform(word_a), uniform(word_b));
}

// Normal number of element `element`: each block of four words gives four.
WL_HD inline float normal(const PhiloxWords& words, std::uint32_t element) {
  const std::uint32_t first = element & 2u;
  const NormalPair pair = normal_pair(words.word[first], words.word[first + 1]);
  return element & 1u ? pair.second : pair.first;
}

}  // namespace whiteline::formulas
