// Poisson random numbers of any rate, the same bits on every device: inversion below 10, from there
// the transformed rejection PTRS of W. Hormann, Insurance: Math. and Econ. 12 (1993) 39. Float64.
#pragma once

#include <cmath>
#include <cstdint>

#include "double_math.hpp"
#include "host_device.hpp"
#include "philox.hpp"

namespace whiteline::formulas {

// ln k!, absolute error below 1e-9: a product below 10, else Stirling's series.
WL_HD inline double log_factorial(double k) {
  if (k < 10.0) {
    double product = 1.0;
    for (double factor = 2.0; factor <= k; factor += 1.0) product *= factor;
    return precise_logarithm(product);
  }
  const double x = k + 1.0, y = 1.0 / (x * x);
  const double series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0))) / x;
  return (x - 0.5) * precise_logarithm(x) - x + 0.91893853320467274 + series;
}

// For rate in [0, 10): the number of terms of the distribution that u in (0, 1) exceeds, <= 63.
WL_HD inline std::int64_t poisson_by_inversion(double rate, double u) {
  double term = precise_exponential(-rate), sum = term;
  std::int64_t k = 0;
  while (u > sum && k < 63) {
    k += 1;
    term *= rate / double(k);
    sum += term;
  }
  return k;
}

constexpr double least_tried_rate = 10.0;

// What a rate of at least that makes of its first uniform number.
struct PoissonTrial {
  double b, a, w, k;

  WL_HD PoissonTrial(double rate, double u1) {
    b = 0.931 + 2.53 * sqrt(rate);
    a = -0.059 + 0.02483 * b;
    const double u = u1 - 0.5;
    w = 0.5 - fabs(u);
    k = floor((2.0 * a / w + b) * u + rate + 0.43);
  }
  WL_HD bool soon_accepted(double u2) const {
    return (w >= 0.07) & (u2 <= 0.9277 - 3.6224 / (b - 2.0));
  }
};

// One trial on two uniform numbers; negative when it is rejected.
WL_HD inline std::int64_t poisson_trial(double rate, double u1, double u2) {
  const PoissonTrial trial(rate, u1);
  const double a = trial.a, b = trial.b, w = trial.w, k = trial.k;
  if (trial.soon_accepted(u2)) return std::int64_t(k);
  if (k < 0.0 || (w < 0.013 && u2 > w)) return -1;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double left = precise_logarithm(u2 * inverse_alpha / (a / (w * w) + b));
  return left <= k * precise_logarithm(rate) - rate - log_factorial(k) ? std::int64_t(k) : -1;
}

// Element `element` of a stream, rate in [0, 1e12]: words (0, 1) of its block, then (2, 3), then
// the next attempt, 128 at most from `first` on.
WL_HD inline std::int64_t poisson(double rate, std::uint64_t seed, std::uint32_t element,
                                  std::uint32_t step, std::uint32_t layer, Purpose purpose,
                                  std::uint32_t model = 0, std::uint32_t first = 0) {
  for (std::uint32_t attempt = first; attempt < first + 128; ++attempt) {
    const PhiloxWords words = philox_block(seed, element, step, layer, purpose, model, attempt);
    if (rate < least_tried_rate) return poisson_by_inversion(rate, double(uniform(words.word[0])));
    for (int pair = 0; pair < 4; pair += 2) {
      const std::int64_t k = poisson_trial(rate, double(uniform(words.word[pair])),
                                           double(uniform(words.word[pair + 1])));
      if (k >= 0) return k;
    }
  }
  return std::int64_t(rate);  // after 256 rejections, each less likely than 1 in 4: never seen
}

// x with the noise of counting, where `quality` counts make 1: Poisson(shot_rate(x, quality)) of
// them are found. A rate above 1e12, or of NaN, is taken for that bound, or 0.
WL_HD inline double shot_rate(float x, double quality) {
  const double rate = quality * double(x);
  return rate > 0.0 ? (rate < 1e12 ? rate : 1e12) : 0.0;
}
WL_HD inline float with_shot_noise(float x, double quality, double rate, double counts) {
  return float(double(x) + (counts - rate) / quality);
}
// Counts that make 1 at a step: a word of the step sets it between 4/9 and 4 times `quality`.
WL_HD inline double shot_quality(double quality, std::uint32_t word) {
  const double f = 0.5 + double(uniform(word));
  return quality / (f * f);
}

// For one fixed rate in [0, 10]: entry[k] = floor(2^32 times the probability of at most k), ending
// where that is 2^32 or more.
struct PoissonTable {
  int size;
  std::uint32_t entry[31];
};

WL_HD inline PoissonTable poisson_table(double rate) {
  PoissonTable table{};
  double term = precise_exponential(-rate), sum = term;
  for (int k = 0; k < 31 && sum < 1.0; ++k) {
    table.entry[table.size++] = std::uint32_t(sum * 0x1p32);
    term *= rate / double(k + 1);
    sum += term;
  }
  return table;
}

// The number of entries not above the word, at most 31.
WL_HD inline int poisson(const PoissonTable& table, std::uint32_t word) {
  int count = 0;
  while (count < table.size && word >= table.entry[count]) ++count;
  return count;
}

}  // namespace whiteline::formulas
