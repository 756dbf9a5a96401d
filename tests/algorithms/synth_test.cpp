// Generated sets: sizes, axes, truth, and that nothing but the seed decides the bits.
#include <gtest/gtest.h>
#include <whiteline/synth.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace whiteline {
namespace {

struct Expected {
  SynthSet set;
  const char* name;
  std::vector<std::int64_t> class_sizes;
  std::int64_t channels;
  double offset, dispersion;  // 0: rows have different axes
};

const std::vector<Expected>& expected_sets() {
  static const std::vector<Expected> sets = {
      {SynthSet::w, "w", {2744, 1350}, 1360, 460.0, 0.25},
      {SynthSet::l, "l", {2744, 1350}, 800, 600.0, 0.25},
      {SynthSet::k, "k", {2744, 1350}, 600, 460.0, 0.25},
      {SynthSet::wl, "wl", {2744, 1350, 992, 841, 1260}, 700, 0.0, 0.0},
      {SynthSet::mf, "mf", {1415, 1043}, 2048, 580.0, 0.1},
      {SynthSet::mn, "mn", {992, 841, 1260}, 1000, 600.0, 0.1},
  };
  return sets;
}

TEST(SynthDataset, HasThePapersSizesAxesAndClasses) {
  for (const Expected& expected : expected_sets()) {
    const Dataset set = synth_dataset(expected.set, {.threads = 2});
    validate(set);
    std::int64_t rows = 0;
    for (std::size_t c = 0; c < expected.class_sizes.size(); ++c) {
      EXPECT_EQ(std::ranges::count(set.labels, std::int32_t(c)), expected.class_sizes[c])
          << expected.name;
      rows += expected.class_sizes[c];
    }
    EXPECT_EQ(set.rows, rows) << expected.name;
    EXPECT_EQ(set.channels, expected.channels) << expected.name;
    EXPECT_EQ(set.class_names.size(), expected.class_sizes.size()) << expected.name;
    ASSERT_EQ(set.energy.has_value(), expected.dispersion > 0.0) << expected.name;
    if (!set.energy) continue;
    EXPECT_TRUE(set.energy->matches({expected.offset, expected.dispersion, expected.channels}));
  }
}

TEST(SynthDataset, NamesOfSetsAreRead) {
  for (const Expected& expected : expected_sets())
    EXPECT_EQ(synth_set(expected.name), expected.set);
  EXPECT_THROW(synth_set("W"), InvalidArgument);
  EXPECT_THROW(synth_set(""), InvalidArgument);
}

TEST(SynthDataset, ScaleKeepsAtLeastTwoSpectraAClass) {
  for (const Expected& expected : expected_sets()) {
    const Dataset set = synth_dataset(expected.set, {.scale = 1e-9, .threads = 1});
    EXPECT_EQ(set.rows, 2 * std::int64_t(expected.class_sizes.size())) << expected.name;
  }
  EXPECT_EQ(synth_dataset(SynthSet::w, {.scale = 0.1}).rows, 274 + 135);
}

TEST(SynthDataset, DifferentSeedsGiveDifferentSpectra) {
  SynthParams params{.scale = 0.01, .seed = 1};
  const Dataset one = synth_dataset(SynthSet::mn, params);
  params.seed = 1ull << 32 | 1;
  const Dataset other = synth_dataset(SynthSet::mn, params);
  for (std::int64_t row = 0; row < one.rows; ++row)
    EXPECT_FALSE(std::equal(one.counts.begin() + row * one.channels,
                            one.counts.begin() + (row + 1) * one.channels,
                            other.counts.begin() + row * one.channels));
  EXPECT_NE(one.truth.at("shift").values, other.truth.at("shift").values);
}

TEST(SynthDataset, SetsLAndKAreWindowsOfSetW) {
  for (const Difficulty difficulty : {Difficulty::clean, Difficulty::hard}) {
    const SynthParams params{.difficulty = difficulty, .scale = 0.02, .seed = 9, .spike_rate = 3.0};
    const Dataset w = synth_dataset(SynthSet::w, params);
    for (const auto& [set, first] : {std::pair(SynthSet::l, 560), std::pair(SynthSet::k, 0)}) {
      const Dataset part = synth_dataset(set, params);
      ASSERT_EQ(part.rows, w.rows);
      EXPECT_EQ(part.labels, w.labels);
      for (std::int64_t row = 0; row < w.rows; ++row)
        EXPECT_TRUE(std::equal(part.counts.begin() + row * part.channels,
                               part.counts.begin() + (row + 1) * part.channels,
                               w.counts.begin() + row * w.channels + first))
            << "row " << row;
      for (const auto& [name, table] : w.truth)
        EXPECT_EQ(part.truth.at(name).values, table.values) << name;
    }
  }
}

TEST(SynthDataset, ASmallerSetIsTheBeginningOfEachClass) {
  const Dataset small = synth_dataset(SynthSet::mf, {.scale = 0.01, .seed = 2});
  const Dataset large = synth_dataset(SynthSet::mf, {.scale = 0.02, .seed = 2});
  for (const std::int32_t c : {0, 1}) {
    const auto a = std::ranges::find(small.labels, c) - small.labels.begin();
    const auto b = std::ranges::find(large.labels, c) - large.labels.begin();
    const std::int64_t size = std::ranges::count(small.labels, c) * small.channels;
    EXPECT_TRUE(std::equal(small.counts.begin() + a * small.channels,
                           small.counts.begin() + a * small.channels + size,
                           large.counts.begin() + b * large.channels));
  }
}

double worst_sum(const TruthTable& fractions) {
  double worst = 0.0;
  for (std::size_t i = 0; i < fractions.values.size(); i += std::size_t(fractions.columns)) {
    double sum = 0.0;
    for (std::int64_t c = 0; c < fractions.columns; ++c) {
      const double fraction = fractions.values[i + std::size_t(c)];
      worst = std::max({worst, -fraction, fraction - 1.0});
      sum += fraction;
    }
    worst = std::max(worst, std::abs(sum - 1.0));
  }
  return worst;
}

TEST(SynthDataset, TruthIsCompleteAndEachSpectrumIsMostlyItsClass) {
  for (const Expected& expected : expected_sets()) {
    for (const Difficulty difficulty : {Difficulty::clean, Difficulty::hard}) {
      const Dataset set =
          synth_dataset(expected.set, {.difficulty = difficulty, .scale = 0.05, .threads = 2});
      for (const char* name : {"shift", "thickness", "dose"}) {
        ASSERT_EQ(set.truth.count(name), 1u) << name;
        EXPECT_EQ(set.truth.at(name).values.size(), std::size_t(set.rows));
      }
      EXPECT_EQ(set.truth.count("spikes"), 0u);
      const TruthTable& fractions = set.truth.at("phase_fraction");
      ASSERT_EQ(fractions.columns, std::int64_t(set.class_names.size()));
      EXPECT_LT(worst_sum(fractions), 1e-12) << expected.name;
      for (std::int64_t row = 0; row < set.rows; ++row) {
        const auto at = std::size_t(row * fractions.columns + set.labels[std::size_t(row)]);
        ASSERT_GT(fractions.values[at], difficulty == Difficulty::clean ? 0.999 : 0.5);
      }
      for (const double dose : set.truth.at("dose").values) EXPECT_GT(dose, 0.0);
      for (const double t : set.truth.at("thickness").values) EXPECT_TRUE(t > 0.0 && t < 1.0);
    }
  }
}

// The centroid of the L3 line of high-dose spectra moves with the shift that truth names.
TEST(SynthDataset, WhiteLinesLieWhereTheShiftSays) {
  const Dataset set = synth_dataset(SynthSet::wl, {.scale = 0.1, .threads = 2});
  const std::vector<double>& shift = set.truth.at("shift").values;
  double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, syy = 0.0;
  for (std::int64_t row = 0; set.labels[std::size_t(row)] == 0; ++row) {
    double sum = 0.0, moment = 0.0;
    for (std::int64_t i = 372; i < 396; ++i) {  // 705.5-711.25 eV
      const double counts = double(set.counts[std::size_t(row * set.channels + i)]);
      sum += counts;
      moment += counts * (612.5 + 0.25 * double(i));
    }
    const double x = shift[std::size_t(row)], y = moment / sum;
    n += 1.0;
    sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
  }
  const double covariance = sxy - sx * sy / n, variance = sxx - sx * sx / n;
  EXPECT_GT(covariance / std::sqrt(variance * (syy - sy * sy / n)), 0.95);
  // The window cuts the line's tails, which holds the centroid back a little.
  EXPECT_NEAR(covariance / variance, 0.9, 0.2);
}

TEST(SynthDataset, HardSetsShiftMoreAndHaveFewerCounts) {
  for (const Expected& expected : expected_sets()) {
    const auto spread_and_dose = [&](Difficulty difficulty) {
      const Dataset set =
          synth_dataset(expected.set, {.difficulty = difficulty, .scale = 0.05, .threads = 2});
      double square = 0.0, dose = 0.0;
      for (const double shift : set.truth.at("shift").values) square += shift * shift;
      for (const double one : set.truth.at("dose").values) dose += one;
      return std::pair(std::sqrt(square / double(set.rows)), dose / double(set.rows));
    };
    const auto clean = spread_and_dose(Difficulty::clean), hard = spread_and_dose(Difficulty::hard);
    EXPECT_NEAR(clean.first, 0.12, 0.03) << expected.name;
    EXPECT_NEAR(hard.first, 0.35, 0.08) << expected.name;
    EXPECT_GT(clean.second, 5.0 * hard.second) << expected.name;
  }
}

TEST(SynthDataset, SpikesStandOutAndAreCounted) {
  SynthParams params{.scale = 0.02, .seed = 3};
  const Dataset plain = synth_dataset(SynthSet::mf, params);
  params.spike_rate = 2.0;
  const Dataset spiked = synth_dataset(SynthSet::mf, params);
  const std::vector<double>& spikes = spiked.truth.at("spikes").values;
  for (std::int64_t row = 0; row < plain.rows; ++row) {
    std::int64_t changed = 0;
    for (std::int64_t i = row * plain.channels; i < (row + 1) * plain.channels; ++i) {
      EXPECT_GE(spiked.counts[std::size_t(i)], plain.counts[std::size_t(i)]);
      changed += spiked.counts[std::size_t(i)] != plain.counts[std::size_t(i)];
    }
    EXPECT_LE(double(changed), 2.0 * spikes[std::size_t(row)]);
    EXPECT_EQ(changed > 0, spikes[std::size_t(row)] > 0.0);
  }
}

TEST(SynthDataset, ReportsProgressAndStopsWhenTold) {
  std::uint64_t last = 0, calls = 0;
  SynthParams params{.scale = 0.2, .threads = 2};
  params.progress = [&](const ProgressEvent& event) {
    EXPECT_EQ(event.stage, "generate");
    EXPECT_GE(event.done, last);
    last = event.done;
    ++calls;
    EXPECT_EQ(event.total, 549u + 270u);
    return true;
  };
  synth_dataset(SynthSet::w, params);
  EXPECT_EQ(last, 549u + 270u);
  EXPECT_GT(calls, 3u);
  params.progress = [&](const ProgressEvent& event) { return event.done < 200; };
  EXPECT_THROW(synth_dataset(SynthSet::w, params), Cancelled);
}

TEST(SynthDataset, RefusesBadParameters) {
  const auto refuses = [](const SynthParams& params) {
    EXPECT_THROW(synth_dataset(SynthSet::w, params), InvalidArgument);
  };
  refuses({.scale = 0.0});
  refuses({.scale = -1.0});
  refuses({.scale = std::numeric_limits<double>::quiet_NaN()});
  refuses({.scale = std::numeric_limits<double>::infinity()});
  refuses({.scale = 1e6});
  refuses({.spike_rate = -0.1});
  refuses({.spike_rate = std::numeric_limits<double>::quiet_NaN()});
  refuses({.threads = -1});
  EXPECT_THROW(synth_dataset(SynthSet(77)), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
