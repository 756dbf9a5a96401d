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

// A E^-r or A exp(-r E), with ln A, which may be large.
struct Law {
  long double log_amplitude, exponent;
  bool power = true;
  long double at(long double energy) const {
    return std::exp(log_amplitude - exponent * abscissa(energy));
  }
  long double abscissa(long double energy) const { return power ? std::log(energy) : energy; }
};

// Integral of (E / low)^-r, or of exp(-r (E - low)), dE from `low` to `high`.
inline long double law_integral(bool power, long double low, long double high, long double r) {
  const long double s = power ? 1 - r : -r;
  const long double length = power ? std::log(high / low) : high - low;
  const long double scale = power ? low : 1;
  if (std::abs(s * length) < 1e-9L) return scale * length * (1 + s * length / 2);
  return scale * std::expm1(s * length) / s;
}

struct Halves {
  std::int64_t middle;
  long double area1, area2;
};
inline Halves halves(const std::vector<float>& counts, Axis axis, std::int64_t begin,
                     std::int64_t end) {
  Halves found{begin + (end - begin) / 2, 0, 0};
  for (std::int64_t i = begin; i < end; ++i)
    (i < found.middle ? found.area1 : found.area2) +=
        (long double)(counts[std::size_t(i)]) * axis.dispersion;
  return found;
}

// The law whose integrals over the halves of the window are the halves' sums times the dispersion;
// its exponent by bisection.
inline std::optional<Law> area_fit(const std::vector<float>& counts, Axis axis, std::int64_t begin,
                                   std::int64_t end, bool power = true) {
  const Halves half = halves(counts, axis, begin, end);
  if (!(half.area1 > 0) || !(half.area2 > 0)) return std::nullopt;
  const auto edge = [&](std::int64_t i) {
    return (long double)axis.offset + axis.dispersion * ((long double)i - 0.5L);
  };
  const long double e1 = edge(begin), e2 = edge(half.middle), e3 = edge(end);
  const long double origin1 = power ? std::log(e1) : e1, origin2 = power ? std::log(e2) : e2;
  const auto log_ratio = [&](long double r) {  // of the two integrals; rises with r
    return std::log(law_integral(power, e1, e2, r)) - std::log(law_integral(power, e2, e3, r)) -
           r * (origin1 - origin2);
  };
  const long double wanted = std::log(half.area1 / half.area2);
  long double low = power ? -4000 : -40, high = -low;
  for (int i = 0; i < 200; ++i) {
    const long double r = (low + high) / 2;
    (log_ratio(r) < wanted ? low : high) = r;
  }
  const long double r = (low + high) / 2;
  return Law{
      std::log(half.area1 + half.area2) - std::log(law_integral(power, e1, e3, r)) + r * origin1, r,
      power};
}

// Egerton's formulas on channel energies: r = 2 ln(I1 / I2) / ln(E3 / E1), the law's integral over
// the upper half that of the counts. An odd last channel is left out.
inline std::optional<Law> closed_form_fit(const std::vector<float>& counts, Axis axis,
                                          std::int64_t begin, std::int64_t end) {
  end -= (end - begin) % 2;
  const Halves half = halves(counts, axis, begin, end);
  if (!(half.area1 > 0) || !(half.area2 > 0)) return std::nullopt;
  const long double e1 = axis.energy(begin), e2 = axis.energy(half.middle), e3 = axis.energy(end);
  const long double r = 2 * std::log(half.area1 / half.area2) / std::log(e3 / e1);
  return Law{std::log(half.area2) - std::log(law_integral(true, e2, e3, r)) + r * std::log(e2), r};
}

// The least-squares line through (ln E or E, ln counts), by the normal equations; counts below half
// of the two-area law count as half of it.
inline std::optional<Law> line_fit(const std::vector<float>& counts, Axis axis, std::int64_t begin,
                                   std::int64_t end, bool power = true) {
  const std::optional<Law> areas = area_fit(counts, axis, begin, end, power);
  if (!areas) return std::nullopt;
  const auto n = (long double)(end - begin);
  long double x = 0, y = 0, xx = 0, xy = 0;
  const long double origin = areas->abscissa(axis.energy(begin));
  for (std::int64_t i = begin; i < end; ++i) {
    const long double from_origin = areas->abscissa(axis.energy(i)) - origin;
    const long double log_counts =
        std::log(std::max((long double)(counts[std::size_t(i)]), areas->at(axis.energy(i)) / 2));
    x += from_origin;
    y += log_counts;
    xx += from_origin * from_origin;
    xy += from_origin * log_counts;
  }
  const long double slope = (n * xy - x * y) / (n * xx - x * x);
  return Law{(y - slope * x) / n - slope * origin, -slope, power};
}

// How far the law is from making Poisson counts most likely: the sums of (counts - law), and of
// (counts - law) times the abscissa less its value at the window's middle, over the sums of the
// law and of its product with that distance's magnitude. Both 0 at the maximum.
struct LikelihoodSlopes {
  long double level, tilt;
};
inline LikelihoodSlopes likelihood_slopes(const Law& law, const std::vector<float>& counts,
                                          Axis axis, std::int64_t begin, std::int64_t end) {
  const long double middle = law.abscissa((axis.energy(begin) + axis.energy(end - 1)) / 2);
  long double level = 0, tilt = 0, total = 0, spread = 0;
  for (std::int64_t i = begin; i < end; ++i) {
    const long double expected = law.at(axis.energy(i)), x = law.abscissa(axis.energy(i)) - middle;
    level += counts[std::size_t(i)] - expected;
    tilt += x * (counts[std::size_t(i)] - expected);
    total += expected;
    spread += std::abs(x) * expected;
  }
  return {level / total, tilt / spread};
}

// Coefficients of the polynomial in (E - centre) / half_width, ascending, by the normal equations.
inline std::vector<long double> polynomial_fit(const std::vector<float>& counts, Axis axis,
                                               std::int64_t begin, std::int64_t end, int degree,
                                               long double centre, long double half_width) {
  const std::size_t terms = std::size_t(degree) + 1;
  std::vector<std::vector<long double>> a(terms, std::vector<long double>(terms + 1, 0));
  for (std::int64_t i = begin; i < end; ++i) {
    const long double x = (axis.energy(i) - centre) / half_width;
    for (std::size_t p = 0; p < terms; ++p) {
      for (std::size_t q = 0; q < terms; ++q) a[p][q] += std::pow(x, (long double)(p + q));
      a[p][terms] += std::pow(x, (long double)p) * (long double)(counts[std::size_t(i)]);
    }
  }
  for (std::size_t p = 0; p < terms; ++p)  // Gauss and Jordan; the matrix is positive definite
    for (std::size_t q = 0; q < terms; ++q) {
      if (p == q) continue;
      const long double factor = a[q][p] / a[p][p];
      for (std::size_t c = p; c <= terms; ++c) a[q][c] -= factor * a[p][c];
    }
  std::vector<long double> coefficients;
  for (std::size_t p = 0; p < terms; ++p) coefficients.push_back(a[p][terms] / a[p][p]);
  return coefficients;
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

// Counts between two energies, those of a channel spread evenly over it.
inline long double counts_between(const std::vector<float>& counts, Axis axis, long double low,
                                  long double high) {
  long double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const long double middle = axis.energy(std::int64_t(i)), half = axis.dispersion / 2.0L;
    const long double overlap = std::min(high, middle + half) - std::max(low, middle - half);
    if (overlap > 0) sum += counts[i] * overlap / axis.dispersion;
  }
  return sum;
}

// The lower median.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

struct Repaired {
  std::vector<float> spectrum;
  int spikes = 0;
};
inline Repaired without_spikes(const std::vector<float>& counts, int half_window,
                               double threshold) {
  const int size = int(counts.size());
  std::vector<double> medians, local, distances;
  for (int c = 0; c < size; ++c) {
    std::vector<double> window, from_median;
    for (int k = std::max(0, c - half_window); k <= std::min(size - 1, c + half_window); ++k)
      window.push_back(counts[std::size_t(k)]);
    medians.push_back(median(window));
    for (const double value : window) from_median.push_back(std::abs(value - medians.back()));
    local.push_back(median(from_median));
    distances.push_back(std::abs(counts[std::size_t(c)] - medians.back()));
  }
  double mean = 0.0;
  for (const double one : distances) mean += one / size;
  const double middle = size > 0 ? median(distances) : 0.0;
  const double whole = middle > 0.0 ? 1.482602218505602 * middle : std::sqrt(std::acos(0.0)) * mean;
  Repaired repaired{counts};
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] - medians[c] > threshold * std::max(whole, 1.482602218505602 * local[c])) {
      repaired.spectrum[c] = float(medians[c]);
      ++repaired.spikes;
    }
  return repaired;
}

}  // namespace whiteline::test::reference
