#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "algorithms/search/parzen.hpp"
#include "algorithms/search/samplers.hpp"

namespace whiteline::search_parts {

namespace {

// The first `startup_trials`: uniform, numbers rounded half to even.
std::int64_t startup_value(const SearchParameter& parameter, std::uint32_t word) {
  if (!parameter.choices.empty())
    return uniform_below(word, std::int64_t(parameter.choices.size()));
  const double low = double(parameter.low), high = double(parameter.high);
  const double step = double(parameter.step), u = double(formulas::uniform(word));
  return std::int64_t(std::nearbyint((low + u * (high - low)) / step) * step);
}

// Which trials are good: the smallest losses, the first of equal ones.
std::vector<bool> good_ones(std::span<const double> losses, const TpeParams& params) {
  std::vector<std::size_t> order(losses.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  const auto count = std::ptrdiff_t(std::min<std::int64_t>(
      good_trials(std::int64_t(losses.size()), params), std::int64_t(losses.size())));
  std::partial_sort(order.begin(), order.begin() + count, order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return losses[a] != losses[b] ? losses[a] < losses[b] : a < b;
                    });
  std::vector<bool> good(losses.size(), false);
  for (std::ptrdiff_t i = 0; i < count; ++i) good[order[std::size_t(i)]] = true;
  return good;
}

// The first candidate of those drawn from `good` with the largest ratio of good to bad; ratios that
// rounding cannot tell apart are equal. A value drawn again cannot be larger, so it is not looked
// at twice.
template <class Density, class Draw>
std::int64_t best_candidate(const Density& good, const Density& bad, int candidates, Draw&& draw) {
  constexpr double rounding = 1e-9;
  std::vector<std::int64_t> seen;
  std::int64_t best = 0;
  double best_ratio = -std::numeric_limits<double>::infinity();
  for (int c = 0; c < candidates; ++c) {
    const std::int64_t value = draw(std::uint32_t(c));
    if (std::find(seen.begin(), seen.end(), value) != seen.end()) continue;
    seen.push_back(value);
    const double ratio = good.log_mass(value) - bad.log_mass(value);
    if (seen.size() > 1 && !(ratio > best_ratio + rounding)) continue;
    best = value;
    best_ratio = ratio;
  }
  return best;
}

}  // namespace

SearchValues values_by_tpe(const SearchSpace& space, const SuggestParams& params,
                           std::span<const SearchTrial> before, std::span<const double> losses) {
  const std::size_t trial = before.size();
  const TpeParams& tpe = params.tpe;
  if (trial < std::size_t(tpe.startup_trials))
    return drawn_values(space, [&](std::size_t p) {
      return startup_value(space.parameters()[p], words(params.seed, trial, p).word[0]);
    });
  const std::vector<bool> is_good = good_ones(losses, tpe);
  return drawn_values(space, [&](std::size_t p) {
    const SearchParameter& parameter = space.parameters()[p];
    std::vector<std::int64_t> good, bad;
    for (std::size_t t = 0; t < trial; ++t)
      if (before[t].values[p]) (is_good[t] ? good : bad).push_back(*before[t].values[p]);
    if (!parameter.choices.empty()) {
      const ChoiceDensity from(space.count(p), good, tpe), against(space.count(p), bad, tpe);
      return best_candidate(from, against, tpe.candidates, [&](std::uint32_t candidate) {
        return from.draw(words(params.seed, trial, p, candidate));
      });
    }
    if (parameter.low == parameter.high) return parameter.low;
    const IntegerDensity from(parameter, good, tpe), against(parameter, bad, tpe);
    return best_candidate(from, against, tpe.candidates, [&](std::uint32_t candidate) {
      constexpr std::uint32_t most_attempts = 256;  // each is taken with probability > 0.3
      for (std::uint32_t attempt = 0; attempt < most_attempts; ++attempt)
        if (const auto value = from.draw(words(params.seed, trial, p, candidate, attempt)))
          return *value;
      return parameter.low;
    });
  });
}

}  // namespace whiteline::search_parts
