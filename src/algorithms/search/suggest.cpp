#include <fmt/format.h>
#include <whiteline/search.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/search/samplers.hpp"

namespace whiteline {

namespace search_parts {

void check(const SuggestParams& params) {
  constexpr int most_in_flight = 4096;
  const TpeParams& tpe = params.tpe;
  require(params.in_flight >= 1 && params.in_flight <= most_in_flight,
          "cannot search with that many trials in flight (1 to 4096 are possible) correct the "
          "number");
  require(tpe.startup_trials >= 1 && tpe.candidates >= 1 && tpe.forgetting >= 1 &&
              tpe.gamma > 0.0 && std::isfinite(tpe.gamma) && tpe.prior_weight > 0.0 &&
              std::isfinite(tpe.prior_weight),
          "cannot search by TPE (a setting is not above 0) correct startup_trials, candidates, "
          "forgetting, gamma and prior_weight");
}

std::optional<SearchValues> next_values(const SearchSpace& space, const SuggestParams& params,
                                        std::span<const SearchTrial> before) {
  if (params.sampler == SearchSampler::random) return values_at_random(space, params, before);
  const std::size_t hidden = std::min(before.size(), std::size_t(params.in_flight - 1));
  std::vector<double> losses(before.size(), std::numeric_limits<double>::infinity());
  for (std::size_t t = 0; t + hidden < before.size(); ++t) {
    const TrialOutcome& outcome = *before[t].outcome;
    if (outcome.status == TrialStatus::ok && std::isfinite(outcome.loss)) losses[t] = outcome.loss;
  }
  return values_by_tpe(space, params, before, losses);
}

}  // namespace search_parts

std::optional<SearchValues> suggest(const SearchSpace& space, const SuggestParams& params,
                                    std::span<const SearchTrial> before) {
  search_parts::check(params);
  require(before.size() < search_parts::most_trials,
          "cannot suggest another trial (there are 2^29 already) begin a new search");
  for (std::size_t t = 0; t < before.size(); ++t) {
    space.check(before[t].values);
    const bool has_to_have_ended = t + std::size_t(params.in_flight) <= before.size();
    if (has_to_have_ended && !before[t].outcome)
      throw InvalidArgument(
          fmt::format("cannot suggest trial {} (trial {} has not ended) end it, or raise in_flight",
                      before.size(), t));
  }
  return search_parts::next_values(space, params, before);
}

}  // namespace whiteline
