// TPE as it is defined, in double, one term at a time: sums over all components, all candidates
// looked at, nothing taken together. Draws are Philox words: seed, block = candidate, step 0, layer
// = parameter, purpose 8, model = trial, attempt.
#pragma once

#include <whiteline/search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "formulas/normal.hpp"
#include "formulas/philox.hpp"

namespace whiteline::test::reference {

struct TpeTrial {
  SearchValues values;
  double loss;  // infinite: failed, or not ended
};

inline formulas::PhiloxWords tpe_words(std::uint64_t seed, std::size_t trial, std::size_t parameter,
                                       std::uint32_t candidate, std::uint32_t attempt) {
  return formulas::philox(
      {{candidate, 0, std::uint32_t(parameter) << 16 | std::uint32_t(8) << 8 | attempt,
        std::uint32_t(trial)}},
      std::uint32_t(seed), std::uint32_t(seed >> 32));
}

inline std::vector<double> tpe_weights(std::size_t k) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t old = k > 25 ? k - 25 : 0;
    if (i >= old)
      weights.push_back(1.0);
    else if (old == 1)
      weights.push_back(1.0 / double(k));
    else
      weights.push_back(1.0 / double(k) + (1.0 - 1.0 / double(k)) * double(i) / double(old - 1));
  }
  return weights;
}

struct TpeNormal {
  double weight, mean, width;
};

struct TpeNormals {
  double low, high, step;
  std::vector<TpeNormal> parts;

  TpeNormals(const SearchParameter& p, const std::vector<std::int64_t>& seen)
      : low(double(p.low)), high(double(p.high)), step(double(p.step)) {
    const double m0 = (low + high) / 2.0, s0 = high - low;
    const std::vector<double> weights = tpe_weights(seen.size());
    std::vector<std::pair<double, double>> sorted;
    for (std::size_t i = 0; i < seen.size(); ++i) sorted.push_back({double(seen[i]), weights[i]});
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t prior = 0;
    while (prior < sorted.size() && sorted[prior].first < m0) ++prior;
    sorted.insert(sorted.begin() + std::ptrdiff_t(prior), {m0, 1.0});
    const std::size_t n = sorted.size();
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      double width = 0.0;
      if (i > 0) width = sorted[i].first - sorted[i - 1].first;
      if (i + 1 < n) width = std::max(width, sorted[i + 1].first - sorted[i].first);
      width = std::min(std::max(width, s0 / std::min(100.0, double(seen.size() + 2))), s0);
      if (seen.size() == 1) width = s0 / 2.0;
      if (i == prior) width = s0;
      parts.push_back({sorted[i].second, sorted[i].first, width});
      sum += sorted[i].second;
    }
    for (TpeNormal& part : parts) part.weight /= sum;
  }

  double integral(double from, double to) const {
    const auto phi = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
    double sum = 0.0;
    for (const TpeNormal& part : parts)
      sum +=
          part.weight * (phi((to - part.mean) / part.width) - phi((from - part.mean) / part.width));
    return std::max(sum, 1e-300);
  }
  double log_mass(std::int64_t x) const {
    return std::log(integral(std::max(double(x) - step / 2.0, low),
                             std::min(double(x) + step / 2.0, high))) -
           std::log(integral(low, high));
  }
  std::int64_t draw(std::uint64_t seed, std::size_t trial, std::size_t p, std::uint32_t c) const {
    for (std::uint32_t attempt = 0;; ++attempt) {
      const auto w = tpe_words(seed, trial, p, c, attempt);
      const double u = double(formulas::uniform(w.word[0]));
      std::size_t i = 0;
      for (double sum = parts[0].weight; u >= sum && i + 1 < parts.size(); sum += parts[i].weight)
        ++i;
      const double z = double(formulas::normal_pair(w.word[2], w.word[3]).first);
      const double x = parts[i].mean + parts[i].width * z;
      if (x >= low && x < high) return std::int64_t(std::nearbyint(x / step) * step);
    }
  }
};

struct TpeChoices {
  std::vector<double> shares;

  TpeChoices(const SearchParameter& p, const std::vector<std::int64_t>& seen)
      : shares(p.choices.size(), 1.0) {
    const std::vector<double> weights = tpe_weights(seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) shares[std::size_t(seen[i])] += weights[i];
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) share /= sum;
  }
  double log_mass(std::int64_t x) const { return std::log(shares[std::size_t(x)]); }
  std::int64_t draw(std::uint64_t seed, std::size_t trial, std::size_t p, std::uint32_t c) const {
    const double u = double(formulas::uniform(tpe_words(seed, trial, p, c, 0).word[0]));
    std::size_t i = 0;
    for (double sum = shares[0]; u >= sum && i + 1 < shares.size(); sum += shares[i]) ++i;
    return std::int64_t(i);
  }
};

template <class Density>
std::int64_t tpe_best(const SearchParameter& parameter, const std::vector<std::int64_t>& good,
                      const std::vector<std::int64_t>& bad, std::uint64_t seed, std::size_t trial,
                      std::size_t p) {
  const Density l(parameter, good), g(parameter, bad);
  std::int64_t best = l.draw(seed, trial, p, 0);
  for (std::uint32_t c = 1; c < 24; ++c) {
    const std::int64_t x = l.draw(seed, trial, p, c);
    const double gain = l.log_mass(x) - g.log_mass(x) - (l.log_mass(best) - g.log_mass(best));
    if (gain > 1e-9) best = x;  // the first of equal ones, whatever rounding does
  }
  return best;
}

// The trial after `before`.
inline SearchValues tpe(const SearchSpace& space, std::uint64_t seed,
                        const std::vector<TpeTrial>& before) {
  const std::size_t trial = before.size();
  std::vector<std::size_t> order(trial);
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return before[a].loss < before[b].loss; });
  const auto below =
      std::min(std::size_t(std::ceil(0.25 * std::sqrt(double(trial)))), std::size_t(25));
  SearchValues values(space.parameters().size());
  for (std::size_t p = 0; p < values.size(); ++p) {
    const SearchParameter& parameter = space.parameters()[p];
    if (!space.active(p, values)) continue;
    const std::uint32_t word = tpe_words(seed, trial, p, 0, 0).word[0];
    const double span = double(parameter.high - parameter.low), step = double(parameter.step);
    if (trial < 20 && !parameter.choices.empty()) {
      values[p] = std::int64_t((std::uint64_t(word) * parameter.choices.size()) >> 32);
    } else if (trial < 20) {
      const double u = double(formulas::uniform(word));
      values[p] = std::int64_t(std::nearbyint((double(parameter.low) + u * span) / step) * step);
    } else {
      std::vector<std::int64_t> good, bad;
      for (std::size_t t = 0; t < trial; ++t) {
        const auto rank = std::find(order.begin(), order.end(), t) - order.begin();
        if (before[t].values[p])
          (std::size_t(rank) < below ? good : bad).push_back(*before[t].values[p]);
      }
      values[p] = parameter.choices.empty()
                      ? tpe_best<TpeNormals>(parameter, good, bad, seed, trial, p)
                      : tpe_best<TpeChoices>(parameter, good, bad, seed, trial, p);
    }
  }
  return values;
}

}  // namespace whiteline::test::reference
