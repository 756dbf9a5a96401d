// Interpolation between uniform axes, keeping values or counts, and factors of rows and columns.
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

// A place between the channels of an axis of `channels` >= 1 channels. Outside the first and last
// channel, these; within 1e-6 of a channel, that one exactly.
WL_HD inline ResamplePoint point_at(double position, std::int64_t channels) {
  if (!(position > 0.0)) return {0, 0, 0.0};
  if (position >= double(channels - 1)) return {channels - 1, channels - 1, 0.0};
  const double nearest = floor(position + 0.5);
  if (fabs(position - nearest) < 1e-6) return {std::int64_t(nearest), std::int64_t(nearest), 0.0};
  const double left = floor(position);
  return {std::int64_t(left), std::int64_t(left) + 1, position - left};
}

// Channel `channel` of the axis (to_offset, to_dispersion).
WL_HD inline ResamplePoint resample_point(double from_offset, double from_dispersion,
                                          std::int64_t channels, double to_offset,
                                          double to_dispersion, std::int64_t channel) {
  return point_at((to_offset + to_dispersion * double(channel) - from_offset) / from_dispersion,
                  channels);
}

WL_HD inline float interpolated(float left, float right, double fraction) {
  return float(fma(fraction, double(right) - double(left), double(left)));
}

// Column j of a row moved by `shift` is 0 < j - shift < columns - 1 where begin <= j < end, and
// there lies `fraction` of the way from column j - whole to the next; before and after, the first
// and the last value.
struct RowShift {
  std::int64_t whole, begin, end;
  double fraction;  // in [0, 1)
};
WL_HD inline RowShift row_shift(double shift, std::int64_t columns) {
  const double size = double(columns), least = -size, most = size;
  const double moved = shift < least ? least : shift > most ? most : shift;
  double whole = ceil(moved), fraction = whole - moved;
  if (fraction < 1e-6) fraction = 0.0;
  if (fraction > 1.0 - 1e-6) {
    whole -= 1.0;
    fraction = 0.0;
  }
  const auto back = std::int64_t(whole);
  const std::int64_t readable = fraction > 0.0 ? columns - 1 : columns;  // as the left column
  const std::int64_t begin = back > 0 ? back : 0, end = readable + back;
  const std::int64_t first = begin < columns ? begin : columns;
  const std::int64_t last = end < columns ? end : columns;
  return {back, first, last > first ? last : first, fraction};
}

// A new channel takes the share first_share of old channel `first`, all of those between, and the
// share last_share of `last`; first > last: nothing.
struct ResampleOverlap {
  std::int64_t first, last;
  double first_share, last_share;  // first = last: first_share is all there is
};

// Channel `channel` of the axis (to_offset, to_dispersion). Edges of channels lie half a channel
// around their energies; shares below 1e-9 are none.
WL_HD inline ResampleOverlap resample_overlap(double from_offset, double from_dispersion,
                                              std::int64_t channels, double to_offset,
                                              double to_dispersion, std::int64_t channel) {
  constexpr double negligible = 1e-9;
  const double left_energy = to_offset + to_dispersion * (double(channel) - 0.5);
  const double right_energy = to_offset + to_dispersion * (double(channel) + 0.5);
  double left = (left_energy - from_offset) / from_dispersion + 0.5,
         right = (right_energy - from_offset) / from_dispersion + 0.5;  // in channels, from 0
  left = left > 0.0 ? left : 0.0;
  right = right < double(channels) ? right : double(channels);
  if (!(right - left > negligible)) return {0, -1, 0.0, 0.0};
  const double first = floor(left + negligible), last = ceil(right - negligible) - 1.0;
  if (last <= first) return {std::int64_t(first), std::int64_t(first), right - left, 0.0};
  return {std::int64_t(first), std::int64_t(last), first + 1.0 - left, right - last};
}

template <class Row>
WL_HD inline float counts_within(const Row& row, const ResampleOverlap& overlap) {
  if (overlap.last < overlap.first) return 0.0f;
  double sum = overlap.first_share * double(row[overlap.first]);
  for (std::int64_t c = overlap.first + 1; c < overlap.last; ++c) sum += double(row[c]);
  if (overlap.last > overlap.first) sum = fma(overlap.last_share, double(row[overlap.last]), sum);
  return float(sum);
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

WL_HD inline float standardised(float value, double row_scale, double column_scale, double centre) {
  return float(double(value) * row_scale * column_scale - centre);
}

}  // namespace whiteline::formulas
