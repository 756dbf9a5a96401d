#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "cli/progress_bar.hpp"
#include "cli/statistics.hpp"
#include "cli/text_picture.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {
namespace {

TEST(SparklineTest, ShowsARampFromTheLowestToTheHighestBlock) {
  const std::vector<double> ramp = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(sparkline(ramp, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline(ramp, 2), "▁█");
  EXPECT_EQ(sparkline(ramp, 100), "▁▂▃▄▅▆▇█");
}

TEST(SparklineTest, HandlesNothingFlatAndNotFinite) {
  EXPECT_EQ(sparkline({}, 8), "");
  EXPECT_EQ(sparkline(std::vector<double>{3, 3}, 8), "▁▁");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(sparkline(std::vector<double>{0, nan, 1}, 8), "▁ █");
  EXPECT_EQ(sparkline(std::vector<double>{1, 2}, 0), "");
}

TEST(TableTest, AlignsByCharactersNotBytes) {
  EXPECT_EQ(table({{"α", "1"}, {"bcd", "22"}}), "α     1\nbcd  22");
  EXPECT_EQ(confusion_table({"a", "b"}, std::vector<std::int64_t>{10, 0, 2, 3}),
            "true \\ labelled   a  b\na                10  0\nb                 2  3");
}

TEST(ProgressLineTest, ShowsShareAndTimeLeft) {
  EXPECT_EQ(progress_line({"train", 50, 100}, 10.0, 100),
            "train      [###############               ]  50 %  0:10 left");
  EXPECT_EQ(progress_line({"train", 0, 0}, 3.0, 100), "train      0  0:03");
  EXPECT_EQ(progress_line({"train", 100, 100}, 10.0, 20).size(), 20u);
  EXPECT_EQ(progress_line({"train", 1, 3600}, 2.0, 100).substr(51), "1:59:58 left");
}

SpectrumImage small_image(SpectrumImage::Order order, std::vector<float> counts) {
  SpectrumImage image;
  image.height = 1;
  image.width = 2;
  image.energy = {100.0, 1.0, 3};
  image.order = order;
  image.counts = std::move(counts);
  return image;
}

TEST(StatisticsTest, BothOrdersGiveTheSame) {
  const Statistics rows =
      statistics(small_image(SpectrumImage::Order::pixel_major, {1, 2, 3, 5, 6, -7}));
  const Statistics planes =
      statistics(small_image(SpectrumImage::Order::energy_major, {1, 5, 2, 6, 3, -7}));
  EXPECT_EQ(rows.mean, (std::vector<double>{3, 4, -2}));
  EXPECT_EQ(planes.mean, rows.mean);
  EXPECT_EQ(rows.lowest, -7.0);
  EXPECT_EQ(planes.highest, 6.0);
}

TEST(StatisticsTest, SpectraWithNaNAreCountedAndLeftOutOfTheMean) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Statistics seen =
      statistics(small_image(SpectrumImage::Order::pixel_major, {1, nan, 3, 5, 6, 7}));
  EXPECT_EQ(seen.not_finite, 1);
  EXPECT_EQ(seen.spectra_used, 1);
  EXPECT_EQ(seen.mean, (std::vector<double>{5, 6, 7}));
  EXPECT_EQ(seen.lowest, 1.0);
}

TEST(TruthTest, LabelsAreMatchedByClassName) {
  const std::vector<std::int32_t> classes = {3, 7};
  const std::vector<std::string> names = {"FeO", "Fe3O4"};
  std::vector<std::string> strangers;
  const std::vector<std::int32_t> labels = {0, 1, 2, no_label};
  EXPECT_EQ(in_model_classes(labels, {"Fe3O4", "FeO", "Mn2+", "unused"}, names, strangers),
            (std::vector<std::int32_t>{1, 0, no_label, no_label}));
  EXPECT_EQ(strangers, std::vector<std::string>{"Mn2+"});
  EXPECT_EQ(as_positions(std::vector<std::int32_t>{7, 3, no_label}, classes),
            (std::vector<std::int32_t>{1, 0, no_label}));
}

TEST(TruthTest, UndecidedSpectraAreLeftOutOfTheAccuracy) {
  const std::vector<std::int32_t> truth = {0, 1, 1, no_label, 0};
  const std::vector<std::int32_t> predicted = {0, 1, 0, 1, 2};  // 2: unknown
  const Score result = score(truth, predicted, {"a", "b"});
  EXPECT_EQ(result.compared, 3);
  EXPECT_EQ(result.left_out, 1);
  EXPECT_NEAR(result.accuracy, 2.0 / 3.0, 1e-12);
  EXPECT_EQ(result.confusion, (std::vector<std::int64_t>{1, 0, 1, 1}));
}

}  // namespace
}  // namespace whiteline::cli
