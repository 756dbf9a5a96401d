#include <fmt/format.h>
#include <whiteline/search.hpp>

#include <algorithm>
#include <cmath>

namespace whiteline {

namespace {

// Probability that of n events of probability x at least k (0 < k <= n) happen: the distribution
// function at x of Beta(k, n - k + 1). log_choose: log of n over k.
double at_least(double n, double k, double x, double log_choose) {
  constexpr double negligible = 1e-18;
  double term = std::exp(log_choose + k * std::log(x) + (n - k) * std::log1p(-x));
  double sum = 0.0;
  if (k >= n * x) {  // terms fall from k upwards
    for (double j = k; term > sum * negligible; ++j) {
      sum += term;
      term *= (n - j) / (j + 1.0) * x / (1.0 - x);
    }
    return sum;
  }
  for (double j = k; j > 0.0; --j) {  // and from k - 1 downwards
    term *= j / (n - j + 1.0) * (1.0 - x) / x;
    if (!(term > sum * negligible)) break;
    sum += term;
  }
  return 1.0 - sum;
}

double beta_quantile(double n, double k, double share) {
  double log_choose = 0.0;
  for (double i = 0.0; i < k; ++i) log_choose += std::log((n - i) / (k - i));
  double low = 0.0, high = 1.0;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2.0;
    (at_least(n, k, middle, log_choose) < share ? low : high) = middle;
  }
  return (low + high) / 2.0;
}

struct Range {
  std::string name;
  std::int64_t low, high;
};

std::vector<Range> ranges(const SearchSpace& space, std::size_t p) {
  constexpr std::int64_t most_values = 16, parts = 8;
  const SearchParameter& parameter = space.parameters()[p];
  const bool is_choice = !parameter.choices.empty();
  const std::int64_t count = space.count(p), low = is_choice ? 0 : parameter.low;
  const std::int64_t step = is_choice ? 1 : parameter.step;
  std::vector<Range> all;
  if (is_choice || count <= most_values) {
    for (std::int64_t i = 0; i < count; ++i)
      all.push_back({space.text(p, low + i * step), low + i * step, low + i * step});
    return all;
  }
  for (std::int64_t i = 0; i < parts; ++i) {
    const std::int64_t first = low + count * i / parts * step;
    const std::int64_t last = low + (count * (i + 1) / parts - 1) * step;
    all.push_back({fmt::format("{}-{}", first, last), first, last});
  }
  return all;
}

}  // namespace

SuccessRatio success_ratio(std::int64_t successes, std::int64_t trials) {
  require(successes >= 0 && successes <= trials && trials < std::int64_t(1) << 31,
          "cannot tell the share of successes (there are more of them than trials) correct the "
          "numbers");
  const double n = double(trials) + 1.0, k = double(successes) + 1.0;
  return {
      "", trials, successes, k / (n + 1.0), beta_quantile(n, k, 0.025), beta_quantile(n, k, 0.975)};
}

std::vector<SuccessRatio> success_ratios(const SearchSpace& space,
                                         std::span<const SearchTrial> trials,
                                         std::string_view parameter, double threshold) {
  const std::size_t p = space.index(parameter);
  std::vector<SuccessRatio> all;
  for (const Range& range : ranges(space, p)) {
    std::int64_t count = 0, successes = 0;
    for (const SearchTrial& trial : trials) {
      space.check(trial.values);
      const auto& value = trial.values[p];
      if (!trial.outcome || !value || *value < range.low || *value > range.high) continue;
      ++count;
      successes += trial.outcome->status == TrialStatus::ok && trial.outcome->accuracy >= threshold;
    }
    all.push_back(success_ratio(successes, count));
    all.back().name = range.name;
  }
  return all;
}

}  // namespace whiteline
