// How far rounding may put rows out of order that are compared by products.
#pragma once

#include <cmath>
#include <cstdint>

#include "formulas/distance.hpp"
#include "formulas/kernel_function.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// Of two rows, t: squared_distance() of the rows about a common centre, or of those rounded to
// bfloat16; s: the squared distance that decides, of the rows themselves. There are t', s' with
// |t - t'| + |s - s'| <= squared(...), from the rounding of sums, and |sqrt(t') - sqrt(s')| <= the
// norm of what rounding to bfloat16 took from the one row plus that from the other, by the triangle
// inequality.
struct NearBound {
  double product_terms, sum_terms;  // roundings of 2^-24 of a dot product, and of all else
  double absolute;                  // of results too small for a relative precision
  double largest_norm;              // of the rows compared with, in the numbers multiplied
  double largest_loss;              // norm of what rounding took from one of them
  double largest_share;             // of a norm that rounding took

  WL_HD double squared(double norm, double largest) const {
    const double both = norm + largest;
    return 0x1p-24 * (2.0 * product_terms * norm * largest + sum_terms * both * both) + absolute;
  }
  // By rounding, from a row that lost `own` and one of a norm up to `largest`. What is below 2^-100
  // may be lost whole; losses are known to 2^-12.
  WL_HD double loss(double own, double largest) const {
    const double bound = largest_share * largest + 0x1p-80;
    return (1.0 + 0x1p-12) * (own + (largest_loss < bound ? largest_loss : bound));
  }
};

inline NearBound float_bound(std::int64_t channels, double largest_norm) {
  const double count = double(channels),
               chain = double(channels < dot_block ? channels : dot_block);
  return {chain + count / double(dot_block) + 2.0,
          count / distance_lanes + 15.0,
          (count + 64.0) * 0x1p-148,
          largest_norm,
          0.0,
          0.0};
}

// Products of pairs of channels may round twice a pair, to 2^-23, and flush what is below 2^-126;
// squared norms are sums of distance_lanes lanes.
inline NearBound bfloat16_bound(std::int64_t channels, double largest_norm, double largest_loss,
                                double largest_share) {
  const double count = double(channels);
  return {2.0 * count + 4.0,
          2.0 * count / distance_lanes + 22.0,
          (count + 64.0) * 0x1p-123,
          largest_norm,
          largest_loss,
          largest_share};
}

// `kth`: the k-th smallest t of a row of this norm, from which rounding took `loss`. The k rows
// that are nearest by (s, number) are among those whose t is up to the result.
//
// s of k rows is up to upper^2 + e, and s of a row with t above the result is more. Rows of a norm
// above `counts` are further than that by their norm alone, so that neither the rounding of their
// products nor of their numbers counts; nor are they among the k.
WL_HD inline float near_reach(const NearBound& bound, double norm, double loss, float kth) {
  double largest = bound.largest_norm;
  for (int round = 0; round < 2; ++round) {
    const double upper =
        sqrt(double(kth) + 2.0 * bound.squared(norm, largest)) + bound.loss(loss, largest);
    const double counts = 1.02 * norm + 1.1 * upper;
    if (counts < largest) largest = counts;
  }
  const double e = bound.squared(norm, largest), w = bound.loss(loss, largest);
  const double upper = sqrt(double(kth) + e) + w;
  const double reach = sqrt(upper * upper + 2.0 * e) + w;
  return float((reach * reach + e) * (1.0 + 0x1p-20));
}

}  // namespace whiteline::formulas
