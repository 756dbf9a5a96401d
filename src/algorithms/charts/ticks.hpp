// Where an axis has its ticks, and what stands beside them.
#pragma once

#include <whiteline/charts.hpp>

#include <string>
#include <vector>

namespace whiteline::charts {

struct Tick {
  double value;
  std::string label;  // empty: a small tick
};

// An axis from `low` to `high`, low < high (logarithmic: both > 0).
struct WHITELINE_EXPORT Scale {
  ChartAxis::Scale kind = ChartAxis::Scale::linear;
  double low = 0.0, high = 1.0;

  double share(double value) const;  // 0 at low, 1 at high; may lie outside
  bool shows(double value) const;    // finite and, on a logarithmic axis, above 0
  std::vector<Tick> ticks(int about = 6) const;
};

// Round ends around the values it shows; those the axis gives are kept. An axis without values is
// [0, 1], or [1, 10].
WHITELINE_EXPORT Scale scale_around(const ChartAxis& axis, const std::vector<double>& values);

// Shortest text of about `digits` digits: "0.97", "-3", "1.2×10⁶".
WHITELINE_EXPORT std::string short_number(double value, int digits = 3);

}  // namespace whiteline::charts
