#include <whiteline/augment.hpp>

#include <cmath>
#include <limits>

#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::at;
using test::tolerance;

Dataset some_set() {
  Dataset set;
  set.rows = 6;
  set.channels = 400;
  set.energy = EnergyAxis{500.0, 0.5, 400};
  set.class_names = {"a", "b"};
  for (std::int64_t r = 0; r < 6; ++r) {
    set.labels.push_back(std::int32_t(r % 2));
    for (std::int64_t c = 0; c < 400; ++c)
      set.counts.push_back(float(40 + 30 * r) + 20.0f * std::sin(float(c) * 0.1f));
  }
  set.truth["dose"] = {1, {0, 1, 2, 3, 4, 5}};
  return set;
}

using AugmentTest = test::BackendTest;
INSTANTIATE_TEST_SUITE_P(Backends, AugmentTest, test::all_backends(), test::backend_name);

TEST_P(AugmentTest, CopiesFollowTheOriginals) {
  const Dataset set = some_set();
  const Dataset made = augment(ctx(), set, {.copies = 2, .shift = 1.75, .electrons = 1.0});
  ASSERT_EQ(made.rows, 18);
  EXPECT_NO_THROW(validate(made));
  for (std::size_t i = 0; i < set.counts.size(); ++i) ASSERT_EQ(made.counts[i], set.counts[i]);
  for (std::int64_t r = 0; r < 18; ++r) {
    EXPECT_EQ(made.labels[at(r)], set.labels[at(r % 6)]);
    EXPECT_EQ(made.truth.at("dose").values[at(r)], double(r % 6));
    EXPECT_EQ(made.truth.at("augmented_from").values[at(r)], double(r % 6));
    const double shift = made.truth.at("augmented_shift").values[at(r)];
    if (r < 6) {
      EXPECT_EQ(shift, 0.0);
    } else {
      EXPECT_TRUE(std::abs(shift) <= 1.75 && shift != 0.0) << shift;
    }
  }
}

TEST_P(AugmentTest, ShiftsAreThoseItReports) {
  const Dataset set = some_set();
  const Dataset made = augment(ctx(), set, {.copies = 1, .shift = 3.0});
  for (std::int64_t r = 0; r < 6; ++r) {
    const std::vector<float> before(set.counts.begin() + r * 400,
                                    set.counts.begin() + (r + 1) * 400);
    const double shift = made.truth.at("augmented_shift").values[at(6 + r)];
    for (std::int64_t c = 0; c < 400; ++c)
      ASSERT_NEAR(made.counts[at((6 + r) * 400 + c)],
                  double(test::reference::interpolate(before, {500.0, 0.5},
                                                      500.0 + 0.5 * double(c) - shift)),
                  tolerance(0, 250.0, 1.0));
  }
}

TEST_P(AugmentTest, NoiseHasTheVarianceOfItsElectrons) {
  const Dataset set = some_set();
  for (const double electrons : {0.25, 1.0, 10.0}) {
    const Dataset made = augment(ctx(), set, {.copies = 20, .electrons = electrons});
    double squares = 0.0, sum = 0.0;
    const std::size_t size = set.counts.size();
    for (std::size_t i = size; i < made.counts.size(); ++i) {
      const double mean = double(set.counts[i % size]);
      const double z = (double(made.counts[i]) - mean) / std::sqrt(mean / electrons);
      sum += z;
      squares += z * z;
    }
    const double n = 20.0 * double(size);  // 48,000: the mean of z to 1/219, of z^2 to 1/155
    EXPECT_NEAR(sum / n, 0.0, 5.0 / std::sqrt(n));
    EXPECT_NEAR(squares / n, 1.0, 5.0 * std::sqrt(2.5 / n));
  }
}

TEST_P(AugmentTest, EveryDeviceThreadCountAndNumberOfCopiesGivesTheSameBits) {
  const Dataset set = some_set();
  AugmentParams params{.copies = 2, .shift = 1.0, .electrons = 0.5, .seed = 7};
  const Dataset expected = augment(Context("cpu", {.threads = 1}), set, params);
  EXPECT_EQ(augment(ctx(), set, params).counts, expected.counts);
  EXPECT_EQ(augment(Context("cpu", {.threads = 3}), set, params).counts, expected.counts);
  params.copies = 1;
  const Dataset fewer = augment(ctx(), set, params);
  EXPECT_TRUE(std::equal(fewer.counts.begin(), fewer.counts.end(), expected.counts.begin()));
  params.seed = 8;
  EXPECT_NE(augment(ctx(), set, params).counts, fewer.counts);
}

TEST_P(AugmentTest, ClassesGetAsManySpectraAsIsAskedFor) {
  Dataset set = some_set();
  set.labels = {0, 0, 0, 0, 1, no_label};
  const AugmentParams all{.copies = 5, .shift = 1.0, .electrons = 0.5};
  AugmentParams balanced = all;
  balanced.per_class = 6;
  const Dataset copies = augment(ctx(), set, all), made = augment(ctx(), set, balanced);
  EXPECT_NO_THROW(validate(made));
  ASSERT_EQ(made.rows, 13);
  const std::vector<double> expected = {0, 1, 2, 3, 4, 5, 0, 1, 4, 4, 4, 4, 4};
  const std::int64_t number[] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5};
  EXPECT_EQ(made.truth.at("augmented_from").values, expected);
  for (std::int64_t r = 0; r < 13; ++r) {
    const auto from = std::int64_t(expected[at(r)]);
    EXPECT_EQ(made.labels[at(r)], set.labels[at(from)]);
    for (std::int64_t c = 0; c < 400; ++c)
      ASSERT_EQ(made.counts[at(r * 400 + c)], copies.counts[at((6 * number[r] + from) * 400 + c)]);
  }
  balanced.per_class = 1;
  EXPECT_EQ(augment(ctx(), set, balanced).rows, 6);
}

TEST_P(AugmentTest, RefusesWhatItCannotDo) {
  Dataset set = some_set();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(augment(ctx(), set, {.copies = -1}), InvalidArgument);
  EXPECT_THROW(augment(ctx(), set, {.per_class = -1}), InvalidArgument);
  EXPECT_THROW(augment(ctx(), set, {.shift = -1.0}), InvalidArgument);
  EXPECT_THROW(augment(ctx(), set, {.electrons = nan}), InvalidArgument);
  EXPECT_THROW(augment(ctx(), set, {.electrons = 1e12}), InvalidArgument);
  set.counts[9] = -5.0f;
  EXPECT_EQ(augment(ctx(), set, {.electrons = 1.0}).counts[2400 + 9], -5.0f);
  EXPECT_EQ(augment(ctx(), set, {.copies = 0}).rows, 6);
  set.energy.reset();
  EXPECT_THROW(augment(ctx(), set, {.shift = 1.0}), InvalidArgument);
  set.counts[9] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(augment(ctx(), set, {}), InvalidArgument);
}

TEST(EstimatedElectrons, FollowTheNoiseOfTheSpectra) {
  Dataset flat;
  flat.rows = 4;
  flat.channels = 2000;
  flat.class_names = {"a"};
  flat.labels.assign(4, 0);
  flat.counts.assign(8000, 100.0f);
  EXPECT_EQ(estimated_electrons(flat.spectra()), 1e8);  // no noise at all
  const Context ctx("cpu", {.threads = 1});
  for (const double electrons : {0.25, 1.0, 40.0}) {
    const Dataset noisy = augment(ctx, flat, {.copies = 1, .electrons = electrons});
    const double found = estimated_electrons({noisy.counts.data() + 8000, 4, 2000});
    EXPECT_NEAR(found, electrons, 0.12 * electrons);
  }
  EXPECT_THROW(estimated_electrons({flat.counts.data(), 4, 2}), InvalidArgument);
  EXPECT_THROW(estimated_electrons({flat.counts.data(), 0, 2000}), InvalidArgument);
  flat.counts[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(estimated_electrons(flat.spectra()), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
