// X-ray spikes in one spectrum. Channel c, m its local median, is a spike where
//   x[c] - m > threshold * sigma,  sigma = max(local, whole)
// (L. Davies and U. Gather, J. Am. Stat. Assoc. 88 (1993) 782: Hampel's identifier), where `local`
// is 1.4826 times the median of |x - m| within the local window, and `whole` is 1.4826 times the
// median over the spectrum of each channel's distance from its own local median; where that is 0,
// as in spectra with few counts, 1.2533 times their mean (B. Iglewicz and D. C. Hoaglin, How to
// Detect and Handle Outliers, 1993). Edges raise `local`, and so are no spikes. Medians of an even
// number of values are the lower one.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

constexpr int largest_half_window = 16;
constexpr double sigma_of_median = 1.482602218505602, sigma_of_mean = 1.2533141373155003;

// Columns [begin, end) around `column`; at the ends of the spectrum fewer.
struct LocalWindow {
  std::int64_t begin, end;
};
WL_HD inline LocalWindow local_window(std::int64_t column, int half_window, std::int64_t columns) {
  const std::int64_t begin = column - half_window, end = column + half_window + 1;
  return {begin > 0 ? begin : 0, end < columns ? end : columns};
}

WL_HD inline std::int64_t median_rank(std::int64_t count) { return (count - 1) / 2; }

// Rises with the bits of a float that is not negative, and so does this with any float.
WL_HD inline float distance(float value, float median) {
  return float(fabs(double(value) - double(median)));
}

// median_distance, mean_distance: over the spectrum.
WL_HD inline double whole_sigma(float median_distance, double mean_distance) {
  return median_distance > 0.0f ? sigma_of_median * double(median_distance)
                                : sigma_of_mean * mean_distance;
}

WL_HD inline bool is_spike(float value, float median, float local_distance, double whole,
                           double threshold) {
  const double local = sigma_of_median * double(local_distance);
  return double(value) - double(median) > threshold * (local > whole ? local : whole);
}

}  // namespace whiteline::formulas
