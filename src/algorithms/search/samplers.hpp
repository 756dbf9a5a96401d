// How values are drawn: what is behind suggest().
#pragma once

#include <whiteline/search.hpp>

#include <optional>
#include <span>

#include "formulas/philox.hpp"

namespace whiteline::search_parts {

// Words of one draw; see suggest().
inline formulas::PhiloxWords words(std::uint64_t seed, std::size_t trial, std::size_t parameter,
                                   std::uint32_t candidate = 0, std::uint32_t attempt = 0) {
  return formulas::philox_block(seed, candidate, 0, std::uint32_t(parameter),
                                formulas::Purpose::search, std::uint32_t(trial), attempt);
}

// draw(parameter) for each parameter that is active by those drawn before.
template <class Draw>
SearchValues drawn_values(const SearchSpace& space, Draw&& draw) {
  SearchValues values(space.parameters().size());
  for (std::size_t p = 0; p < values.size(); ++p)
    if (space.active(p, values)) values[p] = draw(p);
  return values;
}

// Position of a choice, or step of a number, each as likely.
inline std::int64_t uniform_below(std::uint32_t word, std::int64_t count) {
  return std::int64_t((std::uint64_t(word) * std::uint64_t(count)) >> 32);
}

constexpr std::size_t most_trials = std::size_t(1) << 29;  // 8 * number is a model of 32 bits

void check(const SuggestParams& params);  // throws InvalidArgument

// suggest() of what was checked already.
std::optional<SearchValues> next_values(const SearchSpace& space, const SuggestParams& params,
                                        std::span<const SearchTrial> before);

std::optional<SearchValues> values_at_random(const SearchSpace& space, const SuggestParams& params,
                                             std::span<const SearchTrial> before);

// losses: of the trials before; infinite where they have not ended or failed.
SearchValues values_by_tpe(const SearchSpace& space, const SuggestParams& params,
                           std::span<const SearchTrial> before, std::span<const double> losses);

}  // namespace whiteline::search_parts
