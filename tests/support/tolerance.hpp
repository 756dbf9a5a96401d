// How far a float32 computation may be from its definition in double.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace whiteline::test {

// Rounding of a sum of `terms` products whose magnitudes add up to `magnitude`.
inline double tolerance(std::int64_t terms, double magnitude = 1.0, double factor = 4.0) {
  return factor * std::numeric_limits<float>::epsilon() * std::sqrt(double(terms) + 1.0) *
         magnitude;
}

}  // namespace whiteline::test
