#include <gtest/gtest.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <limits>
#include <set>

#include "support/framed.hpp"

namespace whiteline {
namespace {

using test::at;

const EnergyAxis set_w{460.0, 0.25, 1360};  // 460 to 799.75 eV

TEST(EnergyAxisTest, TakesTheChannelsInsideARange) {
  const auto expect = [](const EnergyAxis& axis, double low, double high, std::int64_t begin,
                         std::int64_t end) {
    const ChannelRange range = axis.channels(low, high);
    EXPECT_EQ(range.begin, begin) << low << " to " << high;
    EXPECT_EQ(range.end, end) << low << " to " << high;
  };
  expect(set_w, 460, 800, 0, 1360);
  expect(set_w, 485, 515, 100, 220);
  expect(set_w, 485.1, 485.6, 101, 103);
  expect(set_w, 799.75, 800, 1359, 1360);
  expect(set_w, 459.75, 800.25, 0, 1360);  // to within one channel
  // 0.1 eV has no exact double: 615.3 lies at channel 3, 684.9 at channel 699.
  expect({615.0, 0.1, 700}, 615.3, 684.9, 3, 699);
  expect({580.0, 0.1, 2048}, 590.0, 620.0, 100, 400);
}

TEST(EnergyAxisTest, RefusesRangesWithoutChannels) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [low, high] : {std::pair{500.0, 500.0},
                                  {520.0, 500.0},
                                  {400.0, 500.0},
                                  {700.0, 801.0},
                                  {900.0, 1000.0},
                                  {460.05, 460.2},
                                  {-inf, inf},
                                  {nan, 500.0},
                                  {500.0, nan},
                                  {-1e300, 1e300}})
    EXPECT_THROW(set_w.channels(low, high), InvalidArgument) << low << " to " << high;
  try {
    set_w.channels(440, 500);
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("460 to 799.75 eV"), std::string::npos)
        << error.what();
  }
}

TEST(EnergyAxisTest, KnowsTheSameAxisFromAnother) {
  EXPECT_TRUE(set_w.matches(set_w));
  EXPECT_TRUE(set_w.matches({460.0002, 0.25, 1360}));
  EXPECT_FALSE(set_w.matches({460.0003, 0.25, 1360}));     // 1.2e-3 channels
  EXPECT_FALSE(set_w.matches({460.0, 0.2500003, 1360}));   // at the far end
  EXPECT_TRUE(set_w.matches({460.0, 0.25 + 1e-7, 1360}));  //
  EXPECT_FALSE(set_w.matches({460.0, 0.25, 1359}));        //
  EXPECT_TRUE(set_w.covers(set_w));
  EXPECT_TRUE(set_w.covers({459.875, 1.0, 340}));
  EXPECT_FALSE(set_w.covers({459.87, 1.0, 340}));
  EXPECT_FALSE(set_w.covers({500.0, 1.0, 302}));
  EXPECT_TRUE(set_w.covers(set_w.cut({100, 220})));
  EXPECT_DOUBLE_EQ(set_w.cut({100, 220}).offset, 485.0);
  EXPECT_EQ(set_w.cut({100, 220}).size, 120);
}

SpectrumImage small_image(SpectrumImage::Order order) {
  SpectrumImage image;
  image.height = 2;
  image.width = 3;
  image.energy = {600.0, 0.5, 4};
  image.order = order;
  image.counts.resize(24);
  for (std::int64_t pixel = 0; pixel < 6; ++pixel)
    for (std::int64_t channel = 0; channel < 4; ++channel)
      image.counts[at(order == SpectrumImage::Order::pixel_major ? pixel * 4 + channel
                                                                 : channel * 6 + pixel)] =
          float(10 * pixel + channel);
  image.class_names = {"FeO", "Fe3O4"};
  image.labels = {no_label, 1, 0, no_label, 1, 1};
  image.truth["shift"] = {1, {0, 1, 2, 3, 4, 5}};
  image.truth["phase_fraction"] = {2, {0, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5, 50}};
  return image;
}

TEST(SpectrumImageTest, ReadsBothOrdersAlike) {
  for (const auto order : {SpectrumImage::Order::pixel_major, SpectrumImage::Order::energy_major}) {
    const SpectrumImage image = small_image(order);
    EXPECT_NO_THROW(validate(image));
    const HostView view = image.spectra();
    EXPECT_EQ(view.rows, 6);
    EXPECT_EQ(view.cols, 4);
    for (std::int64_t pixel = 0; pixel < 6; ++pixel)
      for (std::int64_t channel = 0; channel < 4; ++channel) {
        const float expected = float(10 * pixel + channel);
        EXPECT_EQ(image.at(pixel, channel), expected);
        EXPECT_EQ(static_cast<const float*>(
                      view.data)[pixel * view.row_stride + channel * view.col_stride],
                  expected);
      }
  }
}

TEST(SpectrumImageTest, GivesItsLabelledPixelsAsASet) {
  const Dataset set = labelled_pixels(small_image(SpectrumImage::Order::energy_major));
  EXPECT_NO_THROW(validate(set));
  EXPECT_EQ(set.rows, 4);
  EXPECT_EQ(set.labels, (std::vector<std::int32_t>{1, 0, 1, 1}));
  EXPECT_EQ(set.counts[4], 20.0f);  // pixel 2
  EXPECT_EQ(set.counts[15], 53.0f);
  EXPECT_EQ(set.truth.at("shift").values, (std::vector<double>{1, 2, 4, 5}));
  EXPECT_EQ(set.truth.at("phase_fraction").values,
            (std::vector<double>{1, 10, 2, 20, 4, 40, 5, 50}));
  SpectrumImage image = small_image(SpectrumImage::Order::pixel_major);
  image.labels.assign(6, no_label);
  EXPECT_THROW(labelled_pixels(image), InvalidArgument);
  image.labels.clear();
  EXPECT_THROW(labelled_pixels(image), InvalidArgument);
}

TEST(SpectrumImageTest, RefusesPartsThatDoNotBelongTogether) {
  const auto broken = [](auto change) {
    SpectrumImage image = small_image(SpectrumImage::Order::pixel_major);
    change(image);
    EXPECT_THROW(validate(image), InvalidArgument);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  broken([](SpectrumImage& i) { i.height = 0; });
  broken([](SpectrumImage& i) { i.height = std::numeric_limits<std::int64_t>::max(); });
  broken([](SpectrumImage& i) { i.counts.pop_back(); });
  broken([](SpectrumImage& i) { i.energy.size = 0; });
  broken([](SpectrumImage& i) { i.energy.size = std::numeric_limits<std::int64_t>::max(); });
  broken([](SpectrumImage& i) { i.energy.dispersion = 0.0; });
  broken([&](SpectrumImage& i) { i.energy.offset = nan; });
  broken([](SpectrumImage& i) { i.labels.pop_back(); });
  broken([](SpectrumImage& i) { i.labels[0] = 2; });
  broken([](SpectrumImage& i) { i.labels[0] = -2; });
  broken([](SpectrumImage& i) { i.class_names = {"FeO", "FeO"}; });
  broken([](SpectrumImage& i) { i.truth["shift"].values.pop_back(); });
  broken([](SpectrumImage& i) { i.truth["shift"].columns = 0; });
}

TEST(DatasetTest, TakesRowsInTheOrderAsked) {
  const Dataset set = labelled_pixels(small_image(SpectrumImage::Order::pixel_major));
  const Dataset part = set.subset({3, 0, 3});
  EXPECT_NO_THROW(validate(part));
  EXPECT_EQ(part.rows, 3);
  EXPECT_EQ(part.counts[0], 50.0f);
  EXPECT_EQ(part.counts[4], 10.0f);
  EXPECT_EQ(part.truth.at("shift").values, (std::vector<double>{5, 1, 5}));
  EXPECT_EQ(set.subset({}).rows, 0);
  EXPECT_NO_THROW(validate(set.subset({})));
  EXPECT_THROW(set.subset({4}), InvalidArgument);
  EXPECT_THROW(set.subset({-1}), InvalidArgument);
  Dataset other = set;
  other.energy->size = 5;
  EXPECT_THROW(validate(other), InvalidArgument);
  other.energy.reset();
  EXPECT_NO_THROW(validate(other));
}

TEST(StratifiedSplitTest, TakesTheShareOfEachClass) {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 1000; ++i) labels.push_back(i % 7 == 0 ? no_label : i % 3 == 0 ? 2 : i % 2);
  labels.push_back(5);  // alone in its class
  const Split split = stratified_split(labels, 0.15, 1);
  std::set<std::int64_t> seen;
  for (const auto* part : {&split.first, &split.second}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    for (const std::int64_t row : *part) {
      EXPECT_NE(labels[at(row)], no_label);
      EXPECT_TRUE(seen.insert(row).second);
    }
  }
  EXPECT_EQ(std::int64_t(seen.size()),
            std::int64_t(labels.size()) - std::count(labels.begin(), labels.end(), no_label));
  for (const std::int32_t c : {0, 1, 2, 5}) {
    const auto all = std::count(labels.begin(), labels.end(), c);
    const auto taken = std::count_if(split.first.begin(), split.first.end(),
                                     [&](std::int64_t row) { return labels[at(row)] == c; });
    EXPECT_EQ(taken, std::max<std::int64_t>(1, std::int64_t(0.15 * double(all)))) << c;
  }
  EXPECT_EQ(stratified_split(labels, 0.15, 1).first, split.first);
  EXPECT_NE(stratified_split(labels, 0.15, 2).first, split.first);
}

TEST(StratifiedSplitTest, HandlesEndsAndBadShares) {
  const std::vector<std::int32_t> labels(100, 0);
  EXPECT_EQ(stratified_split(labels, 0.29, 1).first.size(), 29u);  // 0.29 * 100 < 29 in double
  EXPECT_EQ(stratified_split(labels, 1.0, 1).second.size(), 0u);
  EXPECT_EQ(stratified_split(labels, 1e-9, 1).first.size(), 1u);
  EXPECT_TRUE(stratified_split({}, 0.5, 1).first.empty());
  for (const double share : {0.0, -0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(stratified_split(labels, share, 1), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
