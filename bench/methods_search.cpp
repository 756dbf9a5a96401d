// Suggestions of a search: what a trial waits for before it begins.
#include <whiteline/search.hpp>

#include <fmt/format.h>

#include "support.hpp"

namespace whiteline::bench {
namespace {

// The trials of a search whose loss is the same for the same values.
std::vector<SearchTrial> history(const SearchSpace& space, std::size_t trials) {
  const SuggestParams params = {.sampler = SearchSampler::random, .in_flight = 4096};
  std::vector<SearchTrial> all;
  for (std::size_t t = 0; t < trials; ++t) {
    SuggestParams other = params;
    other.seed = t;
    SearchValues values = *suggest(space, other, {});
    const double loss = double((7919 * *values[0] + 31 * values.back().value_or(5)) % 101) / 101.0;
    all.push_back({std::move(values), TrialOutcome{.loss = loss, .accuracy = 1.0 - loss}});
  }
  return all;
}

const Cases suggestions([](const Context& ctx) {
  if (device_name(ctx) != "cpu") return;  // the same work for every device
  for (const std::size_t trials : {100, 500, 2000})
    for (const bool dense : {true, false})
      add("suggest_tpe", ctx, fmt::format("{},trial={}", dense ? "dense" : "conv", trials),
          [=, &ctx](benchmark::State& state) {
            const SearchSpace space = dense ? dense_search_space() : conv_search_space();
            const std::vector<SearchTrial> before = history(space, trials);
            time(state, ctx, [&] { benchmark::DoNotOptimize(suggest(space, {}, before)); });
          });
});

}  // namespace
}  // namespace whiteline::bench
