// Decision values of one-vs-one classifiers: the order of their float32 sums, and what is made of
// them. Pairs as in formulas/calibration.hpp.
#pragma once

#include <cstdint>

#include "formulas/calibration.hpp"
#include "formulas/kernel_function.hpp"
#include "formulas/math.hpp"
#include "formulas/sum.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// Weighted kernel values are summed in float32 over this many support vectors, then in float64.
constexpr std::int64_t weighed_block = 32;

// x.w of two rows: a chain of FMAs in each of sum_lanes lanes, which start at 0; element c goes to
// lane c mod sum_lanes, ascending; then lane_total. Infinite or NaN where an element of x is.
WL_HD inline float lane_dot(std::int64_t count, const float* x, const float* w) {
  float lane[sum_lanes] = {};
  for (std::int64_t c = 0; c < count; ++c)
    lane[c % sum_lanes] = multiply_add(x[c], w[c], lane[c % sum_lanes]);
  return lane_total(lane);
}

WL_HD inline bool is_finite(float x) { return x - x == 0.0f; }

WL_HD inline float not_a_number() { return from_bits(0x7fc00000u); }

// Decision of a linear model, `dot` = w.x and `squared_norm` = |x|^2 by lane_dot; with `cosine`
// w.x / |x| - rho, so -rho for a zero row. NaN where |x|^2 is not finite.
WL_HD inline float primal_decision(float dot, float squared_norm, bool cosine, double rho) {
  if (!is_finite(squared_norm)) return not_a_number();
  const double scale = cosine ? inverse_norm(double(squared_norm)) : 1.0;
  return float(double(dot) * scale - rho);
}

// Value of class c from the decisions of a row: its votes (f > 0 is one for the pair's first class,
// else for the second) and less than 1/3 for how sure they are, s / (3 (|s| + 1)) with s the sum
// of f over pairs with c first, then minus that over pairs with c second. `decision(p)` is f of
// pair p.
template <class Decision>
WL_HD inline float one_vs_rest(std::int32_t c, std::int32_t classes, const Decision& decision) {
  double sum = 0.0;
  std::int32_t votes = 0;
  for (std::int32_t other = 0; other < classes; ++other) {
    if (other == c) continue;
    const bool first = c < other;
    const float f = decision(first ? pair_index(c, other, classes) : pair_index(other, c, classes));
    sum += first ? double(f) : -double(f);
    votes += (f > 0.0f) == first;
  }
  const double magnitude = sum < 0.0 ? -sum : sum;
  return float(double(votes) + sum / (3.0 * (magnitude + 1.0)));
}

}  // namespace whiteline::formulas
