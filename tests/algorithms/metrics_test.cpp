#include <gtest/gtest.h>
#include <whiteline/metrics.hpp>

#include <cmath>
#include <limits>
#include <string>

namespace whiteline {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(MetricsTest, AccuracyCountsKnownRowsOnly) {
  EXPECT_DOUBLE_EQ(accuracy(Labels{0, 1, 2, -1}, Labels{0, 1, 1, -1}), 2.0 / 3.0);
  EXPECT_DOUBLE_EQ(accuracy(Labels{0, 1}, Labels{-1, 1}), 0.5) << "a refused row is a wrong one";
  EXPECT_TRUE(std::isnan(accuracy(Labels{-1, -1}, Labels{0, 1})));
  EXPECT_TRUE(std::isnan(accuracy(Labels{}, Labels{})));
  EXPECT_THROW(accuracy(Labels{0}, Labels{0, 1}), InvalidArgument);
}

TEST(MetricsTest, ConfusionHasTrueClassesAsRows) {
  const Labels truth{0, 0, 0, 1, 2, 2, -1, 1, 3}, predicted{0, 1, 1, 1, 0, 2, 0, -1, 0};
  EXPECT_EQ(confusion_matrix(truth, predicted, 3),
            (std::vector<std::int64_t>{1, 2, 0, 0, 1, 0, 1, 0, 1}));
  EXPECT_TRUE(confusion_matrix(truth, predicted, 0).empty());
  EXPECT_THROW(confusion_matrix(truth, predicted, -1), InvalidArgument);
  EXPECT_THROW(confusion_matrix(Labels{0}, Labels{}, 1), InvalidArgument);
}

TEST(MetricsTest, TheRandIndexIsThatOfPairsWhateverTheNames) {
  const Labels truth{0, 0, 0, 1, 1, 1, 2, 2, 2, 2}, found{5, 5, 3, 3, 3, 3, 9, 9, 9, 5};
  double both = 0.0, in_truth = 0.0, in_found = 0.0, all = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      all += 1.0;
      in_truth += truth[i] == truth[j];
      in_found += found[i] == found[j];
      both += truth[i] == truth[j] && found[i] == found[j];
    }
  const double chance = in_truth * in_found / all;
  EXPECT_NEAR(adjusted_rand_index(truth, found),
              (both - chance) / (0.5 * (in_truth + in_found) - chance), 1e-15);
  EXPECT_EQ(adjusted_rand_index(found, truth), adjusted_rand_index(truth, found));
  EXPECT_EQ(adjusted_rand_index(Labels{0, 0, 1, 2}, Labels{7, 7, -3, 4}), 1.0);
  EXPECT_NEAR(adjusted_rand_index(Labels{0, 0, 1, 1}, Labels{0, 1, 0, 1}), -0.5, 1e-15);
}

TEST(MetricsTest, NoiseIsAClusterOrLeftOutOfTheRandIndex) {
  const Labels truth{0, 0, 1, 1, -1}, found{3, -1, 4, 4, 4};
  EXPECT_EQ(adjusted_rand_index(truth, found, Noise::left_out), 1.0);
  EXPECT_LT(adjusted_rand_index(truth, found, Noise::as_class), 1.0);
  EXPECT_EQ(adjusted_rand_index(Labels{-1, -1}, Labels{-1, -1}), 1.0);
  EXPECT_TRUE(std::isnan(adjusted_rand_index(Labels{-1}, Labels{0}, Noise::left_out)));
  EXPECT_TRUE(std::isnan(adjusted_rand_index({}, {})));
  EXPECT_EQ(adjusted_rand_index(Labels{4}, Labels{2}), 1.0);
  EXPECT_THROW(adjusted_rand_index(Labels{0}, Labels{0, 1}), InvalidArgument);
}

// Pairs of pairs of 400,000 rows do not fit 64 bits.
TEST(MetricsTest, TheRandIndexOfManyRowsDoesNotOverflow) {
  Labels truth, found;
  for (std::int32_t row = 0; row < 400000; ++row) {
    truth.push_back(row % 2);
    found.push_back(row < 399999 ? row % 2 : 0);
  }
  const double score = adjusted_rand_index(truth, found);
  EXPECT_LT(score, 1.0);
  EXPECT_NEAR(score, 1.0, 2e-5);
}

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

TEST(MetricsTest, AClassWithoutRowsAndLabelsTakesNoPartInMeans) {
  const LabelScores scores = label_scores(std::vector<std::int64_t>{3, 0, 1, 0, 0, 0, 2, 0, 2});
  EXPECT_TRUE(std::isnan(scores.classes[1].f1));
  EXPECT_DOUBLE_EQ(scores.macro.recall, (3.0 / 4.0 + 2.0 / 4.0) / 2.0);
  EXPECT_DOUBLE_EQ(scores.balanced_accuracy, scores.macro.recall);
  EXPECT_EQ(scores.macro.support, 8);
}

TEST(MetricsTest, WithoutRowsAllScoresAreNaN) {
  for (const std::size_t classes : {0, 3}) {
    const LabelScores scores = label_scores(std::vector<std::int64_t>(classes * classes, 0));
    for (const double value : {scores.accuracy, scores.balanced_accuracy, scores.matthews,
                               scores.macro.f1, scores.weighted.precision})
      EXPECT_TRUE(std::isnan(value));
  }
  EXPECT_TRUE(std::isnan(log_loss({}, {}, 3)));
  EXPECT_TRUE(std::isnan(brier_score(Labels{-1}, std::vector<float>{0.5f, 0.5f}, 2)));
  const ReliabilityCurve curve = reliability_curve({}, {}, 2);
  EXPECT_TRUE(curve.bins.empty());
  EXPECT_TRUE(std::isnan(curve.expected_error));
}

TEST(MetricsTest, CountsThatAreNoConfusionMatrixAreRefused) {
  EXPECT_THROW(label_scores(std::vector<std::int64_t>{1, 2, 3}), InvalidArgument);
  EXPECT_THROW(label_scores(std::vector<std::int64_t>{1, 2, -3, 0}), InvalidArgument);
}

TEST(MetricsTest, MatthewsIsOneForPerfectAndZeroForConstantLabels) {
  EXPECT_DOUBLE_EQ(label_scores(std::vector<std::int64_t>{5, 0, 0, 7}).matthews, 1.0);
  EXPECT_DOUBLE_EQ(label_scores(std::vector<std::int64_t>{0, 5, 7, 0}).matthews, -1.0);
  EXPECT_DOUBLE_EQ(label_scores(std::vector<std::int64_t>{5, 0, 7, 0}).matthews, 0.0);
}

TEST(MetricsTest, RowsWithoutTruthOrProbabilitiesAreLeftOut) {
  const Labels truth{0, -1, 1, 1};
  const std::vector<float> p{0.75f, 0.25f, 0.0f, 1.0f, missing, missing, 0.25f, 0.75f};
  EXPECT_DOUBLE_EQ(brier_score(truth, p, 2), 2.0 / 16.0);
  EXPECT_DOUBLE_EQ(log_loss(truth, p, 2), -std::log(0.75));
  EXPECT_EQ(reliability_curve(truth, p, 2).rows, 2);
}

TEST(MetricsTest, ASureMistakeHasAFiniteLoss) {
  EXPECT_DOUBLE_EQ(log_loss(Labels{0}, std::vector<float>{0.0f, 1.0f}, 2), 23.0 * std::log(2.0));
}

TEST(MetricsTest, WhatAreNoProbabilitiesIsRefusedWithItsRow) {
  const Labels truth{0, 1};
  for (const std::vector<float>& p :
       {std::vector<float>{1, 0, 0.5f, 0.4f}, {1, 0, 1.5f, -0.5f}, {1, 0, 1, missing}}) {
    try {
      brier_score(truth, p, 2);
      ADD_FAILURE();
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("row 1"), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(log_loss(truth, std::vector<float>{1, 0}, 2), InvalidArgument);
  EXPECT_THROW(log_loss(truth, std::vector<float>{}, 0), InvalidArgument);
}

TEST(ReliabilityTest, ErrorsAreDistancesWeightedByRows) {
  // Four rows at 0.9 of which two hold, one at 0.6 that holds.
  const Labels truth{0, 0, 1, 1, 0};
  std::vector<float> p;
  for (const float first : {0.9f, 0.9f, 0.9f, 0.9f, 0.6f}) p.insert(p.end(), {first, 1.0f - first});
  const ReliabilityCurve curve = reliability_curve(truth, p, 2, {.bins = 5});
  ASSERT_EQ(curve.bins.size(), 2u);
  EXPECT_EQ(curve.bins[1].rows, 4);
  EXPECT_EQ(curve.bins[1].observed, 0.5);
  EXPECT_NEAR(curve.expected_error, (4.0 * 0.4 + 1.0 * 0.4) / 5.0, 1e-6);
  EXPECT_NEAR(curve.largest_error, 0.4, 1e-6);
  // Wilson: 2 of 4.
  EXPECT_NEAR(curve.bins[1].observed_low, 0.1500, 5e-5);
  EXPECT_NEAR(curve.bins[1].observed_high, 0.8500, 5e-5);
}

TEST(ReliabilityTest, EqualProbabilitiesStayInOneBin) {
  Labels truth;
  std::vector<float> p;
  for (int i = 0; i < 40; ++i) {
    truth.push_back(i % 2);
    const float first = i < 30 ? 0.25f : 0.75f;
    p.insert(p.end(), {first, 1.0f - first});
  }
  const auto curve =
      reliability_curve(truth, p, 2, {.bins = 8, .binning = Binning::equal_count, .of_class = 0});
  ASSERT_EQ(curve.bins.size(), 2u);
  EXPECT_EQ(curve.bins[0].rows, 30);
  EXPECT_EQ(curve.bins[1].rows, 10);
}

TEST(ReliabilityTest, ParametersOutsideTheirRangesAreRefused) {
  EXPECT_THROW(reliability_curve({}, {}, 2, {.bins = 0}), InvalidArgument);
  EXPECT_THROW(reliability_curve({}, {}, 2, {.bins = 1001}), InvalidArgument);
  EXPECT_THROW(reliability_curve({}, {}, 2, {.of_class = 2}), InvalidArgument);
  EXPECT_THROW(reliability_curve({}, {}, 2, {.of_class = -1}), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
