#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "algorithms/search/parzen.hpp"
#include "reference/tpe.hpp"
#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

namespace reference = test::reference;
using search_parts::Component;
using test::small_outcome;
using test::small_space;
using test::trials_of;
using test::values_of;

const SearchParameter one_to_ten = {.name = "n", .low = 1, .high = 10};
constexpr double printed = 1e-7;  // golden numbers have 7 decimals

std::vector<double> field(const std::vector<Component>& all, double Component::*which) {
  std::vector<double> out;
  for (const Component& one : all) out.push_back(one.*which);
  return out;
}

double log_mass(std::vector<std::int64_t> observations, std::int64_t at) {
  return search_parts::IntegerDensity(one_to_ten, observations, {}).log_mass(at);
}

TEST(Tpe, CountsTheGoodTrials) {
  const std::map<std::int64_t, std::int64_t> golden = {
      {20, 2}, {64, 2}, {65, 3}, {144, 3}, {145, 4}, {500, 6}, {10000, 25}, {1000000, 25}};
  for (const auto& [trials, good] : golden)
    EXPECT_EQ(search_parts::good_trials(trials, {}), good) << trials;
}

TEST(Tpe, ForgetsOldTrials) {
  EXPECT_EQ(search_parts::forgetting_weights(25, 25), std::vector<double>(25, 1.0));
  const std::vector<double> one_old = search_parts::forgetting_weights(26, 25);
  EXPECT_DOUBLE_EQ(one_old[0], 1.0 / 26.0);
  EXPECT_EQ(one_old[1], 1.0);
  const std::vector<double> weights = search_parts::forgetting_weights(30, 25);
  const std::vector<double> golden = {.0333, .275, .5167, .7583, 1.0};
  for (std::size_t i = 0; i < 30; ++i) EXPECT_NEAR(weights[i], i < 5 ? golden[i] : 1.0, 5e-5) << i;
}

TEST(Tpe, PutsAPriorAmongTheObservations) {
  const auto none = search_parts::components(one_to_ten, {}, {});
  ASSERT_EQ(none.size(), 1u);
  EXPECT_EQ(none[0].mean, 5.5);
  EXPECT_EQ(none[0].width, 9.0);
  const auto one = search_parts::components(one_to_ten, std::vector<std::int64_t>{3}, {});
  EXPECT_EQ(field(one, &Component::mean), (std::vector<double>{3, 5.5}));
  EXPECT_EQ(field(one, &Component::width), (std::vector<double>{4.5, 9}));
  const auto above = search_parts::components(one_to_ten, std::vector<std::int64_t>{8}, {});
  EXPECT_EQ(field(above, &Component::mean), (std::vector<double>{5.5, 8}));
  EXPECT_EQ(field(above, &Component::width), (std::vector<double>{9, 4.5}));
  const auto three = search_parts::components(one_to_ten, std::vector<std::int64_t>{7, 2, 7}, {});
  EXPECT_EQ(field(three, &Component::mean), (std::vector<double>{2, 5.5, 7, 7}));
  EXPECT_EQ(field(three, &Component::width), (std::vector<double>{3.5, 9, 1.8, 1.8}));
  EXPECT_EQ(field(three, &Component::weight), std::vector<double>(4, 0.25));
}

TEST(Tpe, KeepsTheWeightsOfSortedObservations) {
  std::vector<std::int64_t> observations(27, 4);
  observations[0] = 9;
  const auto all = search_parts::components(one_to_ten, observations, {});
  const double sum = 25.0 + 1.0 / 27.0 + 1.0 + 1.0;
  ASSERT_EQ(all.size(), 28u);
  EXPECT_EQ(all.back().mean, 9.0);
  EXPECT_NEAR(all.back().weight, 1.0 / 27.0 / sum, 1e-15);
}

TEST(Tpe, HasTheMassesOfItsDefinition) {
  EXPECT_NEAR(log_mass({3}, 3), -2.0264313, printed);
  EXPECT_NEAR(log_mass({2, 7, 7}, 7), -1.7095158, printed);
  EXPECT_NEAR(log_mass({2, 7, 7}, 1), -3.6262076, printed);
  EXPECT_NEAR(log_mass({}, 5), -2.1583027, printed);
}

TEST(Tpe, MassesAddUpToOne) {
  const SearchParameter wide = {.name = "w", .low = 16, .high = 1024, .step = 16};
  std::vector<std::int64_t> observations;
  for (std::int64_t i = 0; i < 200; ++i) {
    double small = 0.0, large = 0.0;
    for (std::int64_t n = 1; n <= 10; ++n) {
      std::vector<std::int64_t> low;
      for (const std::int64_t w : observations) low.push_back(1 + w / 16 % 10);
      small += std::exp(log_mass(low, n));
    }
    const search_parts::IntegerDensity density(wide, observations, {});
    for (std::int64_t w = 16; w <= 1024; w += 16) large += std::exp(density.log_mass(w));
    EXPECT_NEAR(small, 1.0, 1e-12) << i;
    EXPECT_NEAR(large, 1.0, 1e-12) << i;
    observations.push_back(16 * (1 + i * i % 64));
    if (i > 10) i += 20;
  }
}

TEST(Tpe, CountsChoices) {
  const search_parts::ChoiceDensity density(3, std::vector<std::int64_t>{2, 2, 0}, {});
  EXPECT_NEAR(std::exp(density.log_mass(0)), 2.0 / 6.0, 1e-15);
  EXPECT_NEAR(std::exp(density.log_mass(1)), 1.0 / 6.0, 1e-15);
  EXPECT_NEAR(std::exp(density.log_mass(2)), 3.0 / 6.0, 1e-15);
}

// Shares of draws against masses: chi squared of 9 and 2 degrees of freedom.
TEST(Tpe, DrawsByItsMasses) {
  constexpr std::uint32_t draws = 20000;
  const std::vector<std::int64_t> observations = {2, 7, 7};
  const search_parts::IntegerDensity numbers(one_to_ten, observations, {});
  const search_parts::ChoiceDensity choices(3, std::vector<std::int64_t>{2, 2, 0}, {});
  std::map<std::int64_t, double> seen_numbers, seen_choices;
  double taken = 0.0;
  for (std::uint32_t i = 0; i < draws; ++i) {
    const auto words = formulas::philox_block(7, i, 0, 0, formulas::Purpose::search);
    ++seen_choices[choices.draw(words)];
    if (const auto value = numbers.draw(words)) {
      ++seen_numbers[*value];
      ++taken;
    }
  }
  double chi_numbers = 0.0, chi_choices = 0.0;
  for (std::int64_t n = 1; n <= 10; ++n) {
    const double expected = taken * std::exp(numbers.log_mass(n));
    chi_numbers += std::pow(seen_numbers[n] - expected, 2) / expected;
  }
  for (std::int64_t c = 0; c < 3; ++c) {
    const double expected = draws * std::exp(choices.log_mass(c));
    chi_choices += std::pow(seen_choices[c] - expected, 2) / expected;
  }
  EXPECT_LT(chi_numbers, 27.9) << "1 in 1000";
  EXPECT_LT(chi_choices, 13.8) << "1 in 1000";
  EXPECT_EQ(seen_numbers.size(), 10u);
}

TEST(Tpe, SuggestsWhatItsDefinitionDoes) {
  for (const SearchSpace& space : {small_space(), conv_search_space()})
    for (const int in_flight : {1, 3}) {
      const SuggestParams params = {.seed = 5, .in_flight = in_flight};
      std::vector<SearchTrial> trials;
      const auto outcome = [](const SearchValues& values) {
        const double x = double(values[3].value_or(7)) + 10.0 * double(*values[0] % 3);
        return TrialOutcome{.status = *values[0] == 2 ? TrialStatus::invalid : TrialStatus::ok,
                            .loss = std::fmod(0.37 * x, 1.0)};
      };
      for (std::size_t trial = 0; trial < 90; ++trial) {
        std::vector<reference::TpeTrial> known;
        for (std::size_t t = 0; t < trial; ++t) {
          const bool counts =
              t + std::size_t(in_flight) <= trial && trials[t].outcome->status == TrialStatus::ok;
          known.push_back({trials[t].values, counts ? trials[t].outcome->loss
                                                    : std::numeric_limits<double>::infinity()});
        }
        const auto values = suggest(space, params, trials);
        ASSERT_EQ(values, reference::tpe(space, 5, known)) << "trial " << trial;
        trials.push_back({*values, outcome(*values)});
      }
    }
}

TEST(Tpe, BeatsRandomSearchOnASeparableQuadratic) {
  const auto bowl = [](const SearchValues& values) {
    double loss = 0.0;
    for (std::size_t p = 0; p < 5; ++p)
      loss += std::pow(double(*values[p]) / 100.0 - 0.15 * double(p + 1), 2);
    return TrialOutcome{.loss = loss};
  };
  std::vector<SearchParameter> parameters;
  for (int p = 0; p < 5; ++p) parameters.push_back({.name = std::to_string(p), .high = 100});
  const SearchSpace space(std::move(parameters));
  std::map<SearchSampler, std::vector<double>> best;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const SearchSampler sampler : {SearchSampler::random, SearchSampler::tpe}) {
      double least = 1e9;
      for (const SearchTrial& trial :
           trials_of(space, {.sampler = sampler, .seed = seed}, 100, bowl))
        least = std::min(least, trial.outcome->loss);
      best[sampler].push_back(least);
    }
  for (auto& [sampler, losses] : best)
    std::nth_element(losses.begin(), losses.begin() + 10, losses.end());
  EXPECT_LT(best[SearchSampler::tpe][10], 0.5 * best[SearchSampler::random][10]);
}

}  // namespace
}  // namespace whiteline
