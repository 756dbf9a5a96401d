// Linear interpolation between uniform axes, and division of a row by its norm.
#pragma once

#include <cmath>
#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

// A new channel lies `fraction` of the way from channel `left` to channel `right` of the old axis.
struct ResamplePoint {
  std::int64_t left, right;
  double fraction;  // in [0, 1]
};

// Channel `channel` of the axis (to_offset, to_dispersion) on an axis of `channels` >= 1 channels.
// Outside the first and last channel, these; within 1e-6 of a channel, that one exactly.
WL_HD inline ResamplePoint resample_point(double from_offset, double from_dispersion,
                                          std::int64_t channels, double to_offset,
                                          double to_dispersion, std::int64_t channel) {
  const double position =
      (to_offset + to_dispersion * double(channel) - from_offset) / from_dispersion;
  if (!(position > 0.0)) return {0, 0, 0.0};
  if (position >= double(channels - 1)) return {channels - 1, channels - 1, 0.0};
  const double nearest = floor(position + 0.5);
  if (fabs(position - nearest) < 1e-6) return {std::int64_t(nearest), std::int64_t(nearest), 0.0};
  const double left = floor(position);
  return {std::int64_t(left), std::int64_t(left) + 1, position - left};
}

WL_HD inline float interpolated(float left, float right, double fraction) {
  return float(fma(fraction, double(right) - double(left), double(left)));
}

// What a row is multiplied by to divide it by its norm, where `value` is the norm or its square,
// up to `factor` > 0; 0 for a row that has none.
WL_HD inline double row_scale(double value, bool square_root, double factor) {
  const double norm = factor * (square_root ? sqrt(value) : value);
  return norm > 0.0 ? 1.0 / norm : 0.0;
}
WL_HD inline float scaled(float value, double scale) {
  return scale == 0.0 ? 0.0f : float(double(value) * scale);
}

}  // namespace whiteline::formulas
