#include "algorithms/svm/isotonic.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline {

bool IsotonicCurve::valid() const {
  for (std::size_t i = 0; i < knots.size(); ++i) {
    const auto [decision, probability] = knots[i];
    if (!std::isfinite(decision) || !(probability >= 0.0 && probability <= 1.0)) return false;
    if (i > 0 && !(decision > knots[i - 1].decision && probability >= knots[i - 1].probability))
      return false;
  }
  return !knots.empty();
}

namespace svm {

namespace {

// Neighbouring decisions that share one probability.
struct Pool {
  double low, high;  // decisions
  double weight, hits;

  double probability() const { return hits / weight; }
};

Pool joined(const Pool& left, const Pool& right) {
  return {left.low, right.high, left.weight + right.weight, left.hits + right.hits};
}

}  // namespace

IsotonicCurve fit_isotonic(std::vector<CalibrationRow> rows) {
  std::erase_if(rows, [](const CalibrationRow& row) { return !(row.weight > 0.0); });
  std::stable_sort(rows.begin(), rows.end(), [](const CalibrationRow& a, const CalibrationRow& b) {
    return a.decision < b.decision;
  });
  std::vector<Pool> pools;
  for (std::size_t first = 0; first < rows.size();) {
    Pool next{rows[first].decision, rows[first].decision, 0.0, 0.0};
    for (; first < rows.size() && rows[first].decision == next.low; ++first) {
      next.weight += rows[first].weight;
      if (rows[first].first) next.hits += rows[first].weight;
    }
    while (!pools.empty() && pools.back().probability() >= next.probability()) {
      next = joined(pools.back(), next);
      pools.pop_back();
    }
    pools.push_back(next);
  }
  IsotonicCurve curve;
  for (const Pool& pool : pools) {
    const double probability = std::clamp(pool.probability(), 0.0, 1.0);
    curve.knots.push_back({pool.low, probability});
    if (pool.high > pool.low) curve.knots.push_back({pool.high, probability});
  }
  return curve;
}

}  // namespace svm

}  // namespace whiteline
