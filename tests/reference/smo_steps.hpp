// SmoOps::advance as its contract words it, one row at a time: every backend must give these bits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace whiteline::test::reference {

// A binary problem whose kernel is already cut to its rows.
struct SteppedProblem {
  std::vector<float> kernel;    // n x n
  std::vector<float> diagonal;  // n
  std::vector<double> y, upper, alpha, gradient;
  std::vector<bool> missing;  // n
  std::int64_t iterations = 0, wanted = -1;
  double gap = 0.0, settled_gap = 0.0;
  int stalls = 0;
  enum { running, rebuild, converged, iteration_limit, stalled, wants_row } status = running;

  std::size_t size() const { return y.size(); }
  bool can_rise(std::size_t t) const { return y[t] > 0 ? alpha[t] < upper[t] : alpha[t] > 0.0; }
  bool can_fall(std::size_t t) const { return y[t] > 0 ? alpha[t] > 0.0 : alpha[t] < upper[t]; }
};

// The least F of what may rise and the largest of what may fall; n: there is none.
struct Extremes {
  std::size_t u, low;
  double gap;
};

inline Extremes extremes(const SteppedProblem& p, bool all) {
  Extremes e{p.size(), p.size(), 0.0};
  for (std::size_t t = 0; t < p.size(); ++t) {
    if (!all && p.missing[t]) continue;
    if (p.can_rise(t) && (e.u == p.size() || p.gradient[t] < p.gradient[e.u])) e.u = t;
    if (p.can_fall(t) && (e.low == p.size() || p.gradient[t] > p.gradient[e.low])) e.low = t;
  }
  e.gap = e.u == p.size() || e.low == p.size() ? -std::numeric_limits<double>::infinity()
                                               : p.gradient[e.low] - p.gradient[e.u];
  return e;
}

inline void start(SteppedProblem& p) {
  p.alpha.assign(p.size(), 0.0);
  p.gradient.resize(p.size());
  p.missing.assign(p.size(), false);
  for (std::size_t t = 0; t < p.size(); ++t) p.gradient[t] = -p.y[t];
}

// One step of F towards the bounds; false where no pair moves.
inline bool step(SteppedProblem& p, std::size_t u) {
  const std::size_t n = p.size();
  const double f_u = p.gradient[u];
  std::size_t j = n;
  float best = 0.0f;
  for (std::size_t t = 0; t < n; ++t) {
    const float difference = float(p.gradient[t] - f_u);
    if (p.missing[t] || !p.can_fall(t) || !(difference > 0.0f)) continue;
    const float corner = p.diagonal[u] + p.diagonal[t];
    const float curvature = std::fmax(corner - 2.0f * p.kernel[u * n + t], 1e-12f);
    const float gain = difference * difference / curvature;
    if (j == n || gain > best) j = t, best = gain;
  }
  if (j == n) return false;
  const double curvature = std::fmax(
      (double(p.diagonal[u]) + double(p.diagonal[j])) - 2.0 * p.kernel[u * n + j], double(1e-12f));
  const double room_u = p.y[u] > 0 ? p.upper[u] - p.alpha[u] : p.alpha[u];
  const double room_j = p.y[j] > 0 ? p.alpha[j] : p.upper[j] - p.alpha[j];
  const double q = std::fmin(std::fmin((p.gradient[j] - f_u) / curvature, room_u), room_j);
  const double old_u = p.alpha[u], old_j = p.alpha[j];
  p.alpha[u] = q == room_u ? (p.y[u] > 0 ? p.upper[u] : 0.0) : old_u + p.y[u] * q;
  p.alpha[j] = q == room_j ? (p.y[j] > 0 ? 0.0 : p.upper[j]) : old_j - p.y[j] * q;
  p.alpha[u] = std::fmin(std::fmax(p.alpha[u], 0.0), p.upper[u]);
  p.alpha[j] = std::fmin(std::fmax(p.alpha[j], 0.0), p.upper[j]);
  if (p.alpha[u] == old_u && p.alpha[j] == old_j) return false;
  for (std::size_t t = 0; t < n; ++t) {
    const double difference = double(p.kernel[u * n + t]) - double(p.kernel[j * n + t]);
    p.gradient[t] = p.gradient[t] + q * difference;
  }
  return true;
}

inline void advance(SteppedProblem& p, double tolerance, std::int64_t steps,
                    std::int64_t max_iterations) {
  if (p.status == SteppedProblem::wants_row) p.status = SteppedProblem::running;
  if (p.status != SteppedProblem::running) return;
  for (std::int64_t taken = 0;; ++taken) {
    const Extremes there = extremes(p, false);
    p.gap = there.gap;
    bool waits = false;
    if (p.gap < tolerance || p.gap < p.settled_gap || p.iterations >= max_iterations) {
      const Extremes all = extremes(p, true);
      p.gap = all.gap;
      p.settled_gap = all.gap / 2;
      waits = there.gap < tolerance || there.gap < p.settled_gap;
      p.wanted = std::int64_t(all.u < p.size() && p.missing[all.u] ? all.u : all.low);
    }
    if (p.gap < tolerance)
      p.status = SteppedProblem::converged;
    else if (p.iterations >= max_iterations)
      p.status = SteppedProblem::iteration_limit;
    if (p.status != SteppedProblem::running || taken == steps) return;
    if (waits) {
      p.status = SteppedProblem::wants_row;
      return;
    }
    if (!step(p, there.u)) {
      p.status = ++p.stalls < 2 ? SteppedProblem::rebuild : SteppedProblem::stalled;
      return;
    }
    ++p.iterations;
  }
}

inline void rebuild_gradient(SteppedProblem& p) {
  if (p.status != SteppedProblem::rebuild) return;
  p.status = SteppedProblem::running;
  for (std::size_t t = 0; t < p.size(); ++t) {
    p.gradient[t] = -p.y[t];
    for (std::size_t j = 0; j < p.size(); ++j)
      if (p.alpha[j] > 0.0)
        p.gradient[t] += (p.alpha[j] * p.y[j]) * double(p.kernel[j * p.size() + t]);
  }
}

// SmoOps::missing_rows of one problem, by sorting; rows by their number in the problem.
inline std::vector<std::int64_t> missing_rows(const SteppedProblem& p, std::int64_t wanted,
                                              std::size_t count) {
  std::vector<std::int64_t> up, low, list = {wanted};
  const auto worth = [&](std::size_t t) { return p.missing[t] && std::int64_t(t) != wanted; };
  for (std::size_t t = 0; t < p.size(); ++t) {
    if (worth(t) && p.can_rise(t)) up.push_back(std::int64_t(t));
    if (worth(t) && p.can_fall(t)) low.push_back(std::int64_t(t));
  }
  const auto f = [&](std::int64_t t) { return p.gradient[std::size_t(t)]; };
  std::stable_sort(up.begin(), up.end(), [&](auto a, auto b) { return f(a) < f(b); });
  std::stable_sort(low.begin(), low.end(), [&](auto a, auto b) { return f(a) > f(b); });
  up.resize(std::min(up.size(), (count - 1) / 2));
  list.insert(list.end(), up.begin(), up.end());
  for (const std::int64_t t : low)
    if (list.size() < count && std::find(up.begin(), up.end(), t) == up.end()) list.push_back(t);
  return list;
}

}  // namespace whiteline::test::reference
