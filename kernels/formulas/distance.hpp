// Distances between rows, and the order of neighbours.
#pragma once

#include <cstdint>

#include "formulas/math.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// The squared distance that decides who is nearer: a float32 sum of squared differences, element c
// by FMA into lane c mod 32, c ascending, then lane l + 16 added to lane l, then 8, 4, 2, 1. It
// depends on the two rows alone and is the same both ways. Its relative error is at most
// (count / 32 + 7) 2^-24.
constexpr int distance_lanes = 32;

template <class T>
WL_HD inline T distance_total(T (&lane)[distance_lanes]) {
  for (int half = distance_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

// A pair as one number: in the order of (squared distance, row), as squared distances are >= 0.
WL_HD inline std::uint64_t near_key(float squared_distance, std::int32_t row) {
  return std::uint64_t(__builtin_bit_cast(std::uint32_t, squared_distance)) << 32 |
         std::uint32_t(row);
}
WL_HD inline float key_distance(std::uint64_t key) {
  return __builtin_bit_cast(float, std::uint32_t(key >> 32));
}
WL_HD inline std::int32_t key_row(std::uint64_t key) { return std::int32_t(key & 0xffffffffu); }

// The squared distance of two centred rows by their squared norms and dot product; not negative.
// F is float or a vector of floats.
template <class F>
WL_HD inline F squared_distance(F norm, F other_norm, F dot) {
  const F value = (norm + other_norm) - F(2.0f) * dot;
  return select(value > F(0.0f), value, F(0.0f));
}

// The distance for a squared distance: half of it where the rows are directions (rows of norm 1),
// else its root.
WL_HD inline float distance_of(float squared_distance, bool directions) {
  return directions ? 0.5f * squared_distance : sqrtf(squared_distance);
}

// The distance at which two rows are both dense, of their core distances and their own.
WL_HD inline float mutual_reachability(float core, float other_core, float distance, float alpha) {
  const float larger = core > other_core ? core : other_core, scaled = distance / alpha;
  return scaled > larger ? scaled : larger;
}

// Whether a row varies so little about its mean that float32 cannot tell it from a constant:
// `squares` is the sum of the `count` squared differences from `mean`.
WL_HD inline bool is_constant(double squares, double mean, std::int64_t count) {
  const double resolution = 0x1p-24 * mean;
  return !(squares > double(count) * resolution * resolution);
}

}  // namespace whiteline::formulas
