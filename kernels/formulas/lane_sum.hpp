// The one order in which long float64 sums run, on every device. Lane l of 32 adds up elements
// l, l + 32, l + 64, ... ascending, from 0; then lane l takes in lane l + 16, then l + 8, l + 4,
// l + 2, l + 1. A warp does it with one accumulator a thread and shuffles down, AVX-512 with four
// registers. Products of two float32 are exact in float64, so FMA or not makes no difference there.
#pragma once

#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

constexpr int sum_lanes = 32;

// Leaves the sum of all lanes in lane[0].
WL_HD inline void fold_lanes(double (&lane)[sum_lanes]) {
  for (int half = sum_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
}

// Sum of element(i) for i = 0 .. count - 1; 0 when there is none.
template <class Element>
WL_HD inline double lane_sum(std::int64_t count, Element&& element) {
  double lane[sum_lanes] = {};
  for (std::int64_t i = 0; i < count; ++i) lane[i % sum_lanes] += element(i);
  fold_lanes(lane);
  return lane[0];
}

}  // namespace whiteline::formulas
