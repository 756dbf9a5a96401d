#include "algorithms/search/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "formulas/normal.hpp"

namespace whiteline::search_parts {

namespace {

constexpr double least_mass = 1e-300;

// Of a standard normal between two points; with full precision on both tails.
double normal_mass(double low, double high) {
  if (low > 0.0) return normal_mass(-high, -low);
  constexpr double scale = -1.0 / std::numbers::sqrt2;
  return 0.5 * (std::erfc(scale * high) - std::erfc(scale * low));
}

// The larger gap to a neighbour, at the ends the only one.
double larger_gap(const std::vector<Component>& sorted, std::size_t i) {
  const double below = i > 0 ? sorted[i].mean - sorted[i - 1].mean : 0.0;
  const double above = i + 1 < sorted.size() ? sorted[i + 1].mean - sorted[i].mean : 0.0;
  return std::max(below, above);
}

// The first whose share of all before it, and its own, exceeds that of `word`.
template <class Weights, class Weight>
std::size_t drawn(const Weights& weights, std::uint32_t word, Weight&& weight) {
  const double u = double(formulas::uniform(word));
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    sum += weight(weights[i]);
    if (u < sum) return i;
  }
  return weights.size() - 1;
}

}  // namespace

std::int64_t good_trials(std::int64_t trials, const TpeParams& params) {
  const double wanted = std::ceil(params.gamma * std::sqrt(double(trials)));
  return std::int64_t(std::min(wanted, double(params.forgetting)));
}

std::vector<double> forgetting_weights(std::size_t observations, int forgetting) {
  std::vector<double> weights(observations, 1.0);
  if (observations <= std::size_t(forgetting)) return weights;
  const std::size_t old = observations - std::size_t(forgetting);
  const double first = 1.0 / double(observations);
  const double step = old > 1 ? (1.0 - first) / double(old - 1) : 0.0;
  for (std::size_t i = 0; i < old; ++i) weights[i] = first + double(i) * step;
  return weights;
}

std::vector<Component> components(const SearchParameter& parameter,
                                  std::span<const std::int64_t> observations,
                                  const TpeParams& params) {
  const double low = double(parameter.low), high = double(parameter.high);
  const Component prior = {params.prior_weight, (low + high) / 2.0, high - low};
  const std::vector<double> weights = forgetting_weights(observations.size(), params.forgetting);
  std::vector<Component> all;
  for (std::size_t i = 0; i < observations.size(); ++i)
    all.push_back({weights[i], double(observations[i]), 0.0});
  const auto is_lower = [](const Component& a, const Component& b) { return a.mean < b.mean; };
  std::stable_sort(all.begin(), all.end(), is_lower);
  const auto place = std::lower_bound(all.begin(), all.end(), prior, is_lower);
  const std::size_t prior_at = std::size_t(place - all.begin());
  all.insert(place, prior);
  const double narrowest = prior.width / std::min(100.0, double(observations.size()) + 2.0);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].width = observations.size() == 1
                       ? prior.width / 2.0
                       : std::clamp(larger_gap(all, i), narrowest, prior.width);
  all[prior_at].width = prior.width;
  double sum = 0.0;
  for (const Component& one : all) sum += one.weight;
  for (Component& one : all) one.weight /= sum;
  return all;
}

IntegerDensity::IntegerDensity(const SearchParameter& parameter,
                               std::span<const std::int64_t> observations, const TpeParams& params)
    : low_(double(parameter.low)), high_(double(parameter.high)), step_(double(parameter.step)) {
  for (const Component& one : components(parameter, observations, params)) {
    const bool is_repeated = !components_.empty() && components_.back().mean == one.mean &&
                             components_.back().width == one.width;
    if (is_repeated)
      components_.back().weight += one.weight;
    else
      components_.push_back(one);
  }
  log_total_ = std::log(std::max(mass(low_, high_), least_mass));
}

double IntegerDensity::mass(double low, double high) const {
  constexpr double nothing_beyond = 9.0;  // 1e-19 of a normal lie beyond so many widths
  double sum = 0.0;
  for (const Component& one : components_) {
    const double from = (low - one.mean) / one.width, to = (high - one.mean) / one.width;
    if (from < nothing_beyond && to > -nothing_beyond) sum += one.weight * normal_mass(from, to);
  }
  return sum;
}

double IntegerDensity::log_mass(std::int64_t value) const {
  const double low = std::max(double(value) - step_ / 2.0, low_);
  const double high = std::min(double(value) + step_ / 2.0, high_);
  return std::log(std::max(mass(low, high), least_mass)) - log_total_;
}

std::optional<std::int64_t> IntegerDensity::draw(const formulas::PhiloxWords& words) const {
  const Component& one =
      components_[drawn(components_, words.word[0], [](const Component& c) { return c.weight; })];
  const double normal = double(formulas::normal_pair(words.word[2], words.word[3]).first);
  const double value = one.mean + one.width * normal;
  if (value < low_ || value >= high_) return std::nullopt;
  return std::int64_t(std::nearbyint(value / step_) * step_);
}

ChoiceDensity::ChoiceDensity(std::int64_t choices, std::span<const std::int64_t> observations,
                             const TpeParams& params)
    : share_(std::size_t(choices), params.prior_weight) {
  const std::vector<double> weights = forgetting_weights(observations.size(), params.forgetting);
  for (std::size_t i = 0; i < observations.size(); ++i)
    share_[std::size_t(observations[i])] += weights[i];
  double sum = 0.0;
  for (const double share : share_) sum += share;
  for (double& share : share_) share /= sum;
}

double ChoiceDensity::log_mass(std::int64_t choice) const {
  return std::log(share_[std::size_t(choice)]);
}

std::int64_t ChoiceDensity::draw(const formulas::PhiloxWords& words) const {
  return std::int64_t(drawn(share_, words.word[0], [](double share) { return share; }));
}

}  // namespace whiteline::search_parts
