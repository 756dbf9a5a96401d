// Minibatch discrimination: what a pair of samples adds to each other's sums and gradients. F is
// float, or a vector of floats (src/cpu/simd_*.hpp).
#pragma once

#include "pointwise.hpp"

namespace whiteline::formulas {

// e^-distance, distance >= 0; 1 at 0. The distance adds |a_d - b_d| in ascending order of d.
template <class F>
WL_HD inline F closeness(F distance) {
  return exponential_below_one(-distance);
}

// x sgn(difference), sgn 0 = 0.
template <class F>
WL_HD inline F signed_by(F x, F difference) {
  return select(difference == F(0.0f), F(0.0f), flipped(x, difference));
}

}  // namespace whiteline::formulas
