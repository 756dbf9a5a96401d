// Where a peak lies between channels.
#pragma once

#include <cstdint>

#include "host_device.hpp"

namespace whiteline::formulas {

// Where the parabola through three equally spaced values has its top: -0.5 .. 0.5 channels from
// the middle one, which is not below the others.
WL_HD inline double parabola_top(double before, double middle, double after) {
  const double curvature = before - 2.0 * middle + after;
  return curvature < 0.0 ? 0.5 * (before - after) / curvature : 0.0;
}

// The column of the first largest value among columns [begin, end) of `row`, end > begin.
template <class Row>
WL_HD inline std::int64_t highest(const Row& row, std::int64_t begin, std::int64_t end) {
  std::int64_t top = begin;
  for (std::int64_t c = begin + 1; c < end; ++c)
    if (row[c] > row[top]) top = c;
  return top;
}

// Refined by the neighbours of `top`; where there is none, or a higher one (beyond the columns that
// were searched), `top` it is.
template <class Row>
WL_HD inline double parabola_position(const Row& row, std::int64_t top, std::int64_t columns) {
  if (top == 0 || top + 1 == columns || row[top - 1] > row[top] || row[top + 1] > row[top])
    return double(top);
  return double(top) + parabola_top(double(row[top - 1]), double(row[top]), double(row[top + 1]));
}

// Refined to the centre of mass of the columns within half_width of `top`, above the lowest of
// them: a background of one height does not pull.
template <class Row>
WL_HD inline double centroid_position(const Row& row, std::int64_t top, std::int64_t half_width,
                                      std::int64_t columns) {
  const std::int64_t room = top < columns - 1 - top ? top : columns - 1 - top;
  const std::int64_t reach = half_width < room ? half_width : room;
  double lowest = double(row[top]);
  for (std::int64_t c = top - reach; c <= top + reach; ++c)
    if (double(row[c]) < lowest) lowest = double(row[c]);
  double mass = 0.0, moment = 0.0;
  for (std::int64_t c = top - reach; c <= top + reach; ++c) {
    const double above = double(row[c]) - lowest;
    mass += above;
    moment += above * double(c - top);
  }
  return double(top) + (mass > 0.0 ? moment / mass : 0.0);
}

}  // namespace whiteline::formulas
