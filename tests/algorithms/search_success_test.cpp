#include <gtest/gtest.h>
#include <whiteline/search.hpp>

#include <cmath>

#include "support/search_spaces.hpp"

namespace whiteline {
namespace {

TEST(SuccessRatioTest, IsTheBetaPosterior) {
  struct Golden {
    std::int64_t successes, trials;
    double mean, low, high;
  };
  for (const Golden& golden :
       {Golden{9, 10, .8333, .5872, .9772}, Golden{0, 5, .1429, .0042, .4593},
        Golden{77, 175, .4407, .3685, .5142}}) {
    const SuccessRatio ratio = success_ratio(golden.successes, golden.trials);
    EXPECT_EQ(ratio.trials, golden.trials);
    EXPECT_EQ(ratio.successes, golden.successes);
    EXPECT_NEAR(ratio.mean, golden.mean, 5e-5);
    EXPECT_NEAR(ratio.low, golden.low, 5e-5);
    EXPECT_NEAR(ratio.high, golden.high, 5e-5);
  }
}

// Beta(1, n + 1) and Beta(n + 1, 1) have quantiles in closed form.
TEST(SuccessRatioTest, HasTheClosedFormOfAllAndNone) {
  for (const std::int64_t n : {0, 1, 31, 257, 100000}) {
    const double power = 1.0 / double(n + 1);
    const SuccessRatio none = success_ratio(0, n), all = success_ratio(n, n);
    EXPECT_NEAR(none.low, 1.0 - std::pow(0.975, power), 1e-13) << n;
    EXPECT_NEAR(none.high, 1.0 - std::pow(0.025, power), 1e-13) << n;
    EXPECT_NEAR(all.low, std::pow(0.025, power), 1e-13) << n;
    EXPECT_NEAR(all.high, std::pow(0.975, power), 1e-13) << n;
  }
}

TEST(SuccessRatioTest, TurnsRoundWithItsSuccesses) {
  for (const std::int64_t n : {7, 300, 100000})
    for (const std::int64_t s : {n / 7, n / 2, n - 1}) {
      const SuccessRatio one = success_ratio(s, n), other = success_ratio(n - s, n);
      EXPECT_NEAR(one.low, 1.0 - other.high, 1e-12);
      EXPECT_NEAR(one.high, 1.0 - other.low, 1e-12);
      EXPECT_LT(one.low, one.mean);
      EXPECT_GT(one.high, one.mean);
    }
}

TEST(SuccessRatioTest, RefusesMoreSuccessesThanTrials) {
  EXPECT_THROW(success_ratio(3, 2), InvalidArgument);
  EXPECT_THROW(success_ratio(-1, 2), InvalidArgument);
  EXPECT_THROW(success_ratio(0, std::int64_t(1) << 31), InvalidArgument);
}

TEST(SuccessRatios, CountActiveTrialsOfEachValue) {
  const SearchSpace space = test::small_space();
  const TrialOutcome good = {.loss = 0.1, .accuracy = 0.90},
                     bad = {.loss = 0.2, .accuracy = 0.8999};
  const TrialOutcome failed = {.status = TrialStatus::diverged, .accuracy = 1.0};
  const std::vector<SearchTrial> trials = {{{0, {}, {}, 16, 0}, good},
                                           {{1, 3, 0, 32, 0}, good},
                                           {{1, 3, 1, 1024, 1}, bad},
                                           {{1, 4, {}, 1024, 1}, failed},
                                           {{1, 4, {}, 1024, 1}}};
  const auto structures = success_ratios(space, trials, "structure");
  ASSERT_EQ(structures.size(), 3u);
  EXPECT_EQ(structures[1].name, "b");
  EXPECT_EQ(structures[1].trials, 3);
  EXPECT_EQ(structures[1].successes, 1);
  EXPECT_EQ(structures[2].trials, 0);
  EXPECT_EQ(structures[2].mean, 0.5);
  EXPECT_EQ(success_ratios(space, trials, "structure", 0.8)[1].successes, 2);
  const auto depths = success_ratios(space, trials, "depth");
  ASSERT_EQ(depths.size(), 6u);
  EXPECT_EQ(depths[2].name, "3");
  EXPECT_EQ(depths[2].trials, 2);
  EXPECT_EQ(depths[3].trials, 1);
  const auto widths = success_ratios(space, trials, "width");
  ASSERT_EQ(widths.size(), 8u);
  EXPECT_EQ(widths[0].name, "16-128");
  EXPECT_EQ(widths[0].successes, 2);
  EXPECT_EQ(widths[7].name, "912-1024");
  EXPECT_EQ(widths[7].trials, 2);
  EXPECT_THROW(success_ratios(space, trials, "height"), InvalidArgument);
}

TEST(SuccessRatios, PartARangeWithoutGaps) {
  const SearchSpace space = dense_search_space();
  const auto units = success_ratios(space, {}, "units");
  ASSERT_EQ(units.size(), 8u);
  EXPECT_EQ(units.front().name, "16-141");
  EXPECT_EQ(units[1].name, "142-267");
  EXPECT_EQ(units.back().name, "898-1024");
}

}  // namespace
}  // namespace whiteline
