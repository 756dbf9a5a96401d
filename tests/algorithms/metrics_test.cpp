#include <gtest/gtest.h>
#include <whiteline/metrics.hpp>

#include <cmath>

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

}  // namespace
}  // namespace whiteline
