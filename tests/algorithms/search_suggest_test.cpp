#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include <cmath>
#include <map>
#include <set>

#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

using test::small_outcome;
using test::small_space;
using test::trials_of;
using test::values_of;

TEST(Suggest, GivesValuesOfTheSpaceAndTheSameOnesAgain) {
  for (const SearchSampler sampler : {SearchSampler::random, SearchSampler::tpe})
    for (const SearchSpace& space :
         {small_space(), dense_search_space(sampler), conv_search_space(sampler)}) {
      const auto constant = [](const SearchValues& values) {
        return TrialOutcome{.loss = double(*values[0] % 3), .accuracy = 0.5};
      };
      const SuggestParams params = {.sampler = sampler, .seed = 11};
      const auto trials = trials_of(space, params, 60, constant);
      EXPECT_EQ(trials.size(), 60u);
      for (const SearchTrial& trial : trials) EXPECT_NO_THROW(space.check(trial.values));
      EXPECT_EQ(values_of(trials_of(space, params, 60, constant)), values_of(trials));
      SuggestParams other = params;
      other.seed = 12;
      EXPECT_NE(values_of(trials_of(space, other, 60, constant)), values_of(trials));
    }
}

TEST(Suggest, CoversEveryValueAtTheStart) {
  const SearchSpace space = small_space();
  for (const SearchSampler sampler : {SearchSampler::random, SearchSampler::tpe}) {
    const SuggestParams params = {.sampler = sampler, .tpe = {.startup_trials = 400}};
    std::vector<std::set<std::int64_t>> seen(5);
    for (const SearchTrial& trial : trials_of(space, params, 400, small_outcome))
      for (std::size_t p = 0; p < 5; ++p)
        if (trial.values[p]) seen[p].insert(*trial.values[p]);
    for (std::size_t p = 0; p < 5; ++p)
      EXPECT_EQ(std::int64_t(seen[p].size()), space.count(p)) << p;
  }
}

TEST(Suggest, DoesNotLookAtTrialsInFlight) {
  const SearchSpace space = small_space();
  const SuggestParams params = {.in_flight = 5};
  auto trials = trials_of(space, params, 40, small_outcome);
  const auto next = suggest(space, params, trials);
  for (std::size_t t = 36; t < 40; ++t) trials[t].outcome.reset();
  EXPECT_EQ(suggest(space, params, trials), next) << "have not ended";
  for (std::size_t t = 36; t < 40; ++t) trials[t].outcome = TrialOutcome{.loss = -1.0};
  EXPECT_EQ(suggest(space, params, trials), next) << "ended well";
  trials[35].outcome.reset();
  EXPECT_THROW(suggest(space, params, trials), InvalidArgument);
}

TEST(Suggest, FailuresAndLossesThatAreNoNumbersAreTheWorst) {
  const SearchSpace space = small_space();
  const SuggestParams params = {.in_flight = 1};
  auto trials = trials_of(space, params, 30, small_outcome);
  for (SearchTrial& trial : trials)
    if (trial.outcome->status != TrialStatus::ok)
      trial.outcome = TrialOutcome{.status = TrialStatus::invalid, .loss = -5.0};
  const auto next = suggest(space, params, trials);
  for (SearchTrial& trial : trials)
    if (trial.outcome->status != TrialStatus::ok) trial.outcome = TrialOutcome{.loss = NAN};
  EXPECT_EQ(suggest(space, params, trials), next);
}

TEST(Suggest, RefusesSettingsAndTrialsThatMakeNoSense) {
  const SearchSpace space = small_space();
  for (const TpeParams& tpe :
       {TpeParams{.startup_trials = 0}, TpeParams{.gamma = 0.0}, TpeParams{.gamma = NAN},
        TpeParams{.candidates = 0}, TpeParams{.prior_weight = 0.0}, TpeParams{.forgetting = 0}})
    EXPECT_THROW(suggest(space, {.tpe = tpe}, {}), InvalidArgument);
  EXPECT_THROW(suggest(space, {.in_flight = 0}, {}), InvalidArgument);
  EXPECT_THROW(suggest(space, {.in_flight = 5000}, {}), InvalidArgument);
  const std::vector<SearchTrial> other = {{{0, 1}, TrialOutcome{}}};
  EXPECT_THROW(suggest(space, {}, other), InvalidArgument);
}

TEST(RandomSearch, TriesNothingTwiceAndEndsWhenItFindsNothingNew) {
  const SearchSpace space({{.name = "a", .choices = {"x", "y", "z"}}, {.name = "b", .high = 3}});
  const auto any = [](const SearchValues&) { return TrialOutcome{.loss = 1.0}; };
  const auto trials = trials_of(space, {.sampler = SearchSampler::random}, 100, any);
  const auto values = values_of(trials);
  const std::set<SearchValues> different(values.begin(), values.end());
  EXPECT_EQ(different.size(), trials.size());
  EXPECT_GE(trials.size(), 10u) << "of 12: 21 draws in vain are unlikely before";
  EXPECT_LE(trials.size(), 12u);
}

TEST(RandomSearch, IsUniformOverTheGrid) {
  const SearchSpace space = dense_search_space(SearchSampler::random);
  const std::size_t units = space.index("units");
  std::map<std::int64_t, double> seen;
  constexpr double draws = 6400.0, values = 64.0;
  for (std::uint64_t seed = 0; seed < std::uint64_t(draws); ++seed)
    ++seen[*suggest(space, {.sampler = SearchSampler::random, .seed = seed}, {})->at(units)];
  double chi_squared = 0.0;
  for (std::int64_t value = 16; value <= 1024; value += 16)
    chi_squared += std::pow(seen[value] - draws / values, 2) / (draws / values);
  EXPECT_EQ(seen.size(), 64u);
  EXPECT_LT(chi_squared, 103.4) << "1 in 1000 of 63 degrees of freedom";
}

}  // namespace
}  // namespace whiteline
