// The order of long float64 sums along a row. One chain of additions is slow everywhere, so element
// c goes to lane c mod 16, each lane adds its elements in ascending order, and lane_total adds the
// lanes. A CPU keeps the lanes in vector registers, a GPU in threads: the same bits. Products of
// two float32 are exact in float64, so a fused multiply-add of them changes nothing.
#pragma once

#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

constexpr int sum_lanes = 16;

// lane[l] += lane[l + 8] for l < 8, then 4, 2, 1. Overwrites `lane`.
template <class T>
WL_HD inline T lane_total(T (&lane)[sum_lanes]) {
  for (int half = sum_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

// Sum of element(c) for c = 0 .. count - 1, in that order; lanes start at 0.
template <class Element>
WL_HD inline double lane_sum(std::int64_t count, Element&& element) {
  double lane[sum_lanes] = {};
  for (std::int64_t c = 0; c < count; ++c) lane[c % sum_lanes] += element(c);
  return lane_total(lane);
}

}  // namespace whiteline::formulas
