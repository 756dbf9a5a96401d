// What SmoOps says of solved problems, row by row in double: warm starts, summaries, decisions of
// rows that were held out.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "reference/reduce.hpp"
#include "reference/smo_steps.hpp"

namespace whiteline::test::reference {

inline void grow(SteppedProblem& p, double growth) {
  const auto n = std::int64_t(p.size());
  const double sum = interleaved_sum(n, [&](std::int64_t t) { return p.alpha[at(t)]; });
  const double quadratic = interleaved_sum(
      n, [&](std::int64_t t) { return p.alpha[at(t)] * (p.y[at(t)] * p.gradient[at(t)] + 1.0); });
  const double scale = quadratic > 0.0 ? std::min(std::max(sum / quadratic, 1.0), growth) : growth;
  for (std::size_t t = 0; t < p.size(); ++t) {
    const double bound = growth * p.upper[t];
    const bool follows = scale == growth && p.alpha[t] == p.upper[t];
    p.alpha[t] = follows ? bound : std::min(scale * p.alpha[t], bound);
    p.gradient[t] = scale * (p.gradient[t] + p.y[t]) - p.y[t];
    p.upper[t] = bound;
  }
}

struct Summary {
  double rho = 0.0, objective = 0.0;
  int free = 0, bounded = 0;
};

inline Summary summarize(const SteppedProblem& p) {
  const auto n = std::int64_t(p.size());
  Summary out;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  const auto is_free = [&](std::size_t t) { return p.alpha[t] > 0.0 && p.alpha[t] < p.upper[t]; };
  for (std::size_t t = 0; t < p.size(); ++t) {
    if (p.upper[t] <= 0.0) continue;
    out.free += is_free(t);
    out.bounded += p.alpha[t] == p.upper[t];
    if (p.can_rise(t)) least = std::min(least, p.gradient[t]);
    if (p.can_fall(t)) most = std::max(most, p.gradient[t]);
  }
  out.objective =
      interleaved_sum(n,
                      [&](std::int64_t t) {
                        return p.upper[at(t)] > 0.0
                                   ? p.alpha[at(t)] * (p.y[at(t)] * p.gradient[at(t)] - 1.0)
                                   : 0.0;
                      }) /
      2.0;
  const double of_free =
      interleaved_sum(n, [&](std::int64_t t) { return is_free(at(t)) ? p.gradient[at(t)] : 0.0; });
  out.rho = out.free > 0 ? of_free / out.free : (least + most) / 2.0;
  return out;
}

// f + rho of a row whose kernel with the problem's rows is `kernel`.
inline double decide(const SteppedProblem& p, const std::vector<float>& kernel) {
  return interleaved_sum(std::int64_t(p.size()), [&](std::int64_t t) {
    return (p.alpha[at(t)] * p.y[at(t)]) * double(kernel[at(t)]);
  });
}

}  // namespace whiteline::test::reference
