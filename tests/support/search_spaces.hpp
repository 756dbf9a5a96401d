// A search that costs nothing, for tests of searches.
#pragma once

#include <whiteline/search.hpp>

#include <cmath>

namespace whiteline::test {

// `depth` is active where the structure is b or c, `pool` where the depth is 2 or 3.
inline SearchSpace small_space() {
  return SearchSpace(
      {{.name = "structure", .choices = {"a", "b", "c"}},
       {.name = "depth", .low = 1, .high = 6, .parent = "structure", .parent_values = {"b", "c"}},
       {.name = "pool",
        .choices = {"max", "average"},
        .parent = "depth",
        .parent_values = {"2", "3"}},
       {.name = "width", .low = 16, .high = 1024, .step = 16},
       {.name = "rate", .choices = {"1", "0.1", "0.01"}}});
}

// A loss of the values alone; the smallest at structure b, depth 4, width 320, rate 0.1. Some
// trials diverge.
inline TrialOutcome small_outcome(const SearchValues& values) {
  TrialOutcome outcome;
  if (values[0] == 2 && values[4] == 0) {
    outcome.status = TrialStatus::diverged;
    return outcome;
  }
  const double width = double(*values[3]) / 320.0 - 1.0;
  const double depth = values[1] ? double(*values[1]) / 4.0 - 1.0 : 1.0;
  outcome.loss =
      width * width + depth * depth + (values[0] == 1 ? 0.0 : 0.3) + (values[4] == 1 ? 0.0 : 0.2);
  outcome.accuracy = std::exp(-outcome.loss);
  outcome.epochs = 10;
  return outcome;
}

// The trials that suggest() gives, one after the other.
inline std::vector<SearchTrial> trials_of(const SearchSpace& space, const SuggestParams& params,
                                          std::size_t count,
                                          TrialOutcome (*outcome)(const SearchValues&)) {
  std::vector<SearchTrial> trials;
  while (trials.size() < count) {
    auto values = suggest(space, params, trials);
    if (!values) break;
    const TrialOutcome known = outcome(*values);
    trials.push_back({std::move(*values), known});
  }
  return trials;
}

inline std::vector<SearchValues> values_of(const std::vector<SearchTrial>& trials) {
  std::vector<SearchValues> all;
  for (const SearchTrial& trial : trials) all.push_back(trial.values);
  return all;
}

}  // namespace whiteline::test
