// The definitions of the preparation steps, one spectrum at a time, in long double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

namespace whiteline::test::reference {

struct Axis {
  double offset, dispersion;
  long double energy(std::int64_t channel) const {
    return (long double)offset + (long double)dispersion * (long double)channel;
  }
};

// A E^-r with ln A, which may be large.
struct PowerLaw {
  long double log_amplitude, exponent;
  long double at(long double energy) const {
    return std::exp(log_amplitude - exponent * std::log(energy));
  }
};

// Integral of (E / low)^-r dE from `low` to `high`.
inline long double power_integral(long double low, long double high, long double r) {
  const long double s = 1 - r, length = std::log(high / low);
  if (std::abs(s * length) < 1e-9L) return low * length * (1 + s * length / 2);
  return low * std::expm1(s * length) / s;
}

// The law whose integrals over the halves of the window are the halves' sums times the dispersion;
// its exponent by bisection.
inline std::optional<PowerLaw> area_fit(const std::vector<float>& counts, Axis axis,
                                        std::int64_t begin, std::int64_t end) {
  const std::int64_t middle = begin + (end - begin) / 2;
  long double area1 = 0, area2 = 0;
  for (std::int64_t i = begin; i < end; ++i)
    (i < middle ? area1 : area2) += (long double)(counts[std::size_t(i)]) * axis.dispersion;
  if (!(area1 > 0) || !(area2 > 0)) return std::nullopt;
  const auto edge = [&](std::int64_t i) {
    return (long double)axis.offset + axis.dispersion * ((long double)i - 0.5L);
  };
  const long double e1 = edge(begin), e2 = edge(middle), e3 = edge(end);
  const auto log_ratio = [&](long double r) {  // of the two integrals; rises with r
    return std::log(power_integral(e1, e2, r)) - std::log(power_integral(e2, e3, r)) -
           r * std::log(e1 / e2);
  };
  const long double wanted = std::log(area1 / area2);
  long double low = -4000, high = 4000;
  for (int i = 0; i < 200; ++i) {
    const long double r = (low + high) / 2;
    (log_ratio(r) < wanted ? low : high) = r;
  }
  const long double r = (low + high) / 2;
  return PowerLaw{std::log(area1 + area2) - std::log(power_integral(e1, e3, r)) + r * std::log(e1),
                  r};
}

// The least-squares line through (ln E, ln counts), by the normal equations; counts below half of
// the two-area law count as half of it.
inline std::optional<PowerLaw> line_fit(const std::vector<float>& counts, Axis axis,
                                        std::int64_t begin, std::int64_t end) {
  const std::optional<PowerLaw> areas = area_fit(counts, axis, begin, end);
  if (!areas) return std::nullopt;
  const auto n = (long double)(end - begin);
  long double x = 0, y = 0, xx = 0, xy = 0;
  const long double origin = std::log(axis.energy(begin));
  for (std::int64_t i = begin; i < end; ++i) {
    const long double log_energy = std::log(axis.energy(i)) - origin;
    const long double log_counts =
        std::log(std::max((long double)(counts[std::size_t(i)]), areas->at(axis.energy(i)) / 2));
    x += log_energy;
    y += log_counts;
    xx += log_energy * log_energy;
    xy += log_energy * log_counts;
  }
  const long double slope = (n * xy - x * y) / (n * xx - x * x);
  return PowerLaw{(y - slope * x) / n - slope * origin, -slope};
}

// The value at `energy` of the line between the two nearest channels, else of the nearest end.
inline long double interpolate(const std::vector<float>& counts, Axis axis, long double energy) {
  const long double position = (energy - axis.offset) / axis.dispersion;
  const auto last = (long double)(counts.size() - 1);
  if (position <= 0) return counts.front();
  if (position >= last) return counts.back();
  const auto left = std::size_t(position);
  const long double fraction = position - (long double)left;
  return (1 - fraction) * counts[left] + fraction * counts[left + 1];
}

}  // namespace whiteline::test::reference
