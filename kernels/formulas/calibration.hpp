// Votes and probabilities of one-vs-one classifiers. Pair (a, b), a < b, has the number
// a (2 k - a - 1) / 2 + b - a - 1 of k classes.
#pragma once

#include <cstdint>

#include "formulas/double_math.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

// More classes are refused by the public functions, so stack arrays of this size will do.
constexpr std::int32_t max_classes = 64;

WL_HD inline std::int64_t pair_index(std::int32_t a, std::int32_t b, std::int32_t classes) {
  return std::int64_t(a) * (2 * classes - a - 1) / 2 + (b - a - 1);
}

// Platt's sigmoid without overflow: P(first) = 1 / (1 + exp(A f + B)). f is a number.
WL_HD inline double platt_probability(double f, double A, double B) {
  const double z = A * f + B;
  const double e = precise_exponential(z < 0.0 ? z : -z);
  return z < 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

// The function through `count` > 0 knots, each a decision and a probability, decisions rising:
// linear between knots, constant outside. f is a number.
WL_HD inline double isotonic_probability(double f, const double* knots, std::int64_t count) {
  if (f <= knots[0]) return knots[1];
  std::int64_t left = 0, right = count;  // knots[left] < f, and f <= knots[right] if there is one
  while (right - left > 1) {
    const std::int64_t middle = left + (right - left) / 2;
    (knots[2 * middle] < f ? left : right) = middle;
  }
  const double* const a = knots + 2 * left;
  if (right == count) return a[1];
  const double* const b = knots + 2 * right;
  return a[1] + (b[1] - a[1]) * ((f - a[0]) / (b[0] - a[0]));
}

// From decisions to probabilities of the first class, of all pairs.
struct PairCurves {
  const double* sigmoids;          // A, B of each pair; null: isotonic
  const double* knots;             // decision, probability of each knot, pair after pair
  const std::int64_t* first_knot;  // of each pair, and the number of all knots
};

WL_HD inline double pair_probability(const PairCurves& curves, std::int64_t pair, double f) {
  if (curves.sigmoids)
    return platt_probability(f, curves.sigmoids[2 * pair], curves.sigmoids[2 * pair + 1]);
  const std::int64_t first = curves.first_knot[pair];
  return isotonic_probability(f, curves.knots + 2 * first, curves.first_knot[pair + 1] - first);
}

// Keeps a pairwise probability away from 0 and 1, where coupling has no unique answer.
WL_HD inline double clipped_probability(double p) {
  constexpr double margin = 1e-7;
  return p < margin ? margin : p > 1.0 - margin ? 1.0 - margin : p;
}

// Pairwise coupling: method 2 of T.-F. Wu, C.-J. Lin, R. C. Weng, JMLR 5 (2004) 975. `first(a, b)`,
// a < b, is the clipped probability r_ab of a against b; r_ba = 1 - r_ab. Writes the `classes`
// probabilities p that minimise sum_a sum_b (r_ba p_a - r_ab p_b)^2 with sum p = 1, to about 5e-8.
// `work` holds 2 * classes numbers. classes >= 2. All sums run over ascending classes.
template <class First>
WL_HD inline void couple(std::int32_t classes, const First& first, double* p, double* work) {
  if (classes == 2) {
    p[0] = first(0, 1);
    p[1] = 1.0 - p[0];
    return;
  }
  constexpr int max_sweeps = 100;
  const auto r = [&](std::int32_t a, std::int32_t b) {
    return a < b ? first(a, b) : 1.0 - first(b, a);
  };
  double* const v = work;                   // Q p
  double* const diagonal = work + classes;  // Q_aa = sum over b != a of r_ba^2
  for (std::int32_t a = 0; a < classes; ++a) {
    p[a] = 1.0 / classes;
    double sum = 0.0;
    for (std::int32_t b = 0; b < classes; ++b)
      if (b != a) sum += r(b, a) * r(b, a);
    diagonal[a] = sum;
  }
  const auto q = [&](std::int32_t a, std::int32_t b) {
    return a == b ? diagonal[a] : -r(b, a) * r(a, b);
  };
  for (int sweep = 0; sweep < max_sweeps; ++sweep) {
    double u = 0.0;  // p Q p
    for (std::int32_t a = 0; a < classes; ++a) {
      double sum = 0.0;
      for (std::int32_t b = 0; b < classes; ++b) sum += q(a, b) * p[b];
      v[a] = sum;
      u += p[a] * sum;
    }
    double worst = 0.0;
    for (std::int32_t a = 0; a < classes; ++a) {
      const double miss = v[a] > u ? v[a] - u : u - v[a];
      worst = miss > worst ? miss : worst;
    }
    if (worst < 1e-7 / classes) return;
    for (std::int32_t t = 0; t < classes; ++t) {
      const double delta = (u - v[t]) / diagonal[t];
      const double scale = 1.0 / (1.0 + delta);
      p[t] += delta;
      u = (u + delta * (delta * diagonal[t] + 2.0 * v[t])) * (scale * scale);
      for (std::int32_t a = 0; a < classes; ++a) {
        v[a] = (v[a] + delta * q(a, t)) * scale;
        p[a] *= scale;
      }
    }
  }
}

}  // namespace whiteline::formulas
