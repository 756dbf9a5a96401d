// Random search, as KerasTuner's: every parameter uniform over its grid, nothing tried twice.
#include <algorithm>

#include "algorithms/search/samplers.hpp"

namespace whiteline::search_parts {

std::optional<SearchValues> values_at_random(const SearchSpace& space, const SuggestParams& params,
                                             std::span<const SearchTrial> before) {
  constexpr std::uint32_t most_draws = 21;
  for (std::uint32_t attempt = 0; attempt < most_draws; ++attempt) {
    const SearchValues values = drawn_values(space, [&](std::size_t p) {
      const SearchParameter& parameter = space.parameters()[p];
      const std::uint32_t word = words(params.seed, before.size(), p, 0, attempt).word[0];
      const std::int64_t place = uniform_below(word, space.count(p));
      return parameter.choices.empty() ? parameter.low + place * parameter.step : place;
    });
    const bool is_new = std::none_of(before.begin(), before.end(), [&](const SearchTrial& trial) {
      return trial.values == values;
    });
    if (is_new) return values;
  }
  return std::nullopt;
}

}  // namespace whiteline::search_parts
