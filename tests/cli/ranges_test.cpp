#include "cli/ranges.hpp"

#include <gtest/gtest.h>

#include "cli/errors.hpp"

namespace whiteline::cli {
namespace {

TEST(RangesTest, AnEnergyRangeHasTwoNumbersAndAColon) {
  const Range range = parse_range("460:799.75");
  EXPECT_EQ(range.low, 460.0);
  EXPECT_EQ(range.high, 799.75);
  EXPECT_FALSE(range.in_channels);
  EXPECT_EQ(parse_range("-5:+1e1").high, 10.0);
}

TEST(RangesTest, ChannelsBecomeEnergiesOfTheAxis) {
  const EnergyAxis axis{460.0, 0.25, 1360};
  const Range range = in_energy(parse_range("#0:600"), axis);
  EXPECT_EQ(axis.channels(range.low, range.high).begin, 0);
  EXPECT_EQ(axis.channels(range.low, range.high).end, 600);
  const Range all = in_energy(parse_range("#0:1360"), axis);
  EXPECT_EQ(axis.channels(all.low, all.high).end, 1360);
}

TEST(RangesTest, ChannelsOutsideTheAxisAreRefused) {
  EXPECT_THROW(in_energy(parse_range("#0:1361"), EnergyAxis{460.0, 0.25, 1360}), InvalidArgument);
  EXPECT_THROW(in_energy(parse_range("#0:10"), std::nullopt), InvalidArgument);
}

TEST(RangesTest, WhatIsNoRangeIsAUsageError) {
  for (const char* text : {"", ":", "460", "460:", ":800", "800:460", "460:460", "a:b", "460:800eV",
                           "460:800:900", "#", "#1.5:3", "#-1:3", "nan:5", "1:inf", " 1:2"})
    EXPECT_THROW(parse_range(text), UsageError) << text;
}

TEST(RangesTest, ClassWeightsAreARuleAndFactors) {
  EXPECT_EQ(parse_class_weight("none").rule, ClassWeight::none);
  EXPECT_EQ(parse_class_weight("balanced").rule, ClassWeight::balanced);
  const ClassWeightChoice both = parse_class_weight("balanced,FeO=2,a=b=0.5");
  EXPECT_EQ(both.rule, ClassWeight::balanced);
  EXPECT_EQ(both.factors, (std::map<std::string, double>{{"FeO", 2.0}, {"a=b", 0.5}}));
  for (const char* text : {"Balanced", "FeO", "FeO=", "=2", "FeO=-1", "FeO=0", "FeO=1,FeO=2"})
    EXPECT_THROW(parse_class_weight(text), UsageError) << text;
}

TEST(RangesTest, BackgroundsNameMethodAndWindow) {
  EXPECT_FALSE(parse_background("none").has_value());
  const auto power = parse_background("powerlaw:485:515");
  ASSERT_TRUE(power.has_value());
  EXPECT_EQ(power->background.method, Background::Method::log_least_squares);
  EXPECT_EQ(power->window.low, 485.0);
  EXPECT_EQ(power->window.high, 515.0);
  EXPECT_EQ(parse_background("twoarea:#0:9")->background.method, Background::Method::two_area);
  EXPECT_TRUE(parse_background("twoarea:#0:9")->window.in_channels);
  for (const char* text : {"", "powerlaw", "powerlaw:485", "linear:1:2", "powerlaw:515:485"})
    EXPECT_THROW(parse_background(text), UsageError) << text;
}

TEST(RangesTest, NormalisationsMayHaveAWindow) {
  EXPECT_EQ(parse_normalise("max").kind, Normalise::Kind::max);
  EXPECT_EQ(parse_normalise("l1").kind, Normalise::Kind::l1);
  EXPECT_EQ(parse_normalise("area:600:700").window->high, 700.0);
  EXPECT_THROW(parse_normalise("max:1:2"), UsageError);
  EXPECT_THROW(parse_normalise("area:"), UsageError);
}

TEST(RangesTest, GammaIsARuleOrANumberAboveZero) {
  EXPECT_EQ(parse_gamma("scale").rule, GammaRule::scale);
  EXPECT_EQ(parse_gamma("channels").rule, GammaRule::channels);
  EXPECT_EQ(parse_gamma("auto").rule, GammaRule::channels);  // as scikit-learn calls it
  EXPECT_EQ(parse_gamma("1e-3").value, 1e-3);
  for (const char* text : {"0", "-1", "nan", "Scale", ""})
    EXPECT_THROW(parse_gamma(text), UsageError) << text;
}

TEST(RangesTest, MemorySizesHaveBinaryUnits) {
  EXPECT_EQ(parse_bytes("2GiB"), std::uint64_t(2) << 30);
  EXPECT_EQ(parse_bytes("1.5MiB"), 1536u * 1024u);
  EXPECT_EQ(parse_bytes("64KiB"), 65536u);
  EXPECT_EQ(parse_bytes("1000"), 1000u);
  for (const char* text : {"", "GiB", "2GB", "-1KiB", "0", "2 GiB", "1e99TiB", "1.2.3KiB"})
    EXPECT_THROW(parse_bytes(text), UsageError) << text;
  EXPECT_EQ(format_bytes(1000), "1000 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(std::uint64_t(3) << 30), "3.0 GiB");
}

TEST(RangesTest, AxesPeaksAndVacuumAreParsed) {
  EXPECT_EQ(parse_axis("615:0.1").dispersion, 0.1);
  EXPECT_THROW(parse_axis("615:0"), UsageError);
  EXPECT_THROW(parse_axis("615"), UsageError);
  EXPECT_EQ(parse_peak("635:650=640.5").energy, 640.5);
  EXPECT_EQ(parse_peak("635:650=640.5").window.low, 635.0);
  EXPECT_THROW(parse_peak("635:650"), UsageError);
  EXPECT_FALSE(parse_vacuum("none").masked);
  EXPECT_EQ(parse_vacuum("auto").threshold, 0.1);
  EXPECT_EQ(parse_vacuum("0.25").threshold, 0.25);
  EXPECT_THROW(parse_vacuum("1"), UsageError);
  EXPECT_THROW(parse_vacuum("0"), UsageError);
}

TEST(RangesTest, BackgroundsHaveCurvesAndDegrees) {
  EXPECT_EQ(parse_background("egerton:1:2")->background.method,
            Background::Method::two_area_closed);
  EXPECT_EQ(parse_background("likelihood:1:2")->background.method, Background::Method::likelihood);
  EXPECT_EQ(parse_background("exponential:1:2")->background.curve, Background::Curve::exponential);
  const auto cubic = parse_background("poly3:1:2");
  EXPECT_EQ(cubic->background.curve, Background::Curve::polynomial);
  EXPECT_EQ(cubic->background.degree, 3);
  EXPECT_EQ(parse_background("constant:1:2")->background.degree, 0);
  EXPECT_THROW(parse_background("poly6:1:2"), UsageError);
}

TEST(RangesTest, AlignmentsAxesAndFactors) {
  const AlignChoice peak = parse_align("peak:-5:5=0.5");
  EXPECT_FALSE(peak.correlate);
  EXPECT_EQ(peak.window.low, -5.0);
  EXPECT_EQ(peak.energy, 0.5);
  EXPECT_FALSE(parse_align("peak:-5:5").energy.has_value());
  EXPECT_TRUE(parse_align("correlate:520:560").correlate);
  for (const char* bad : {"peak", "top:1:2", "peak:2:1", "peak:1:2=", "correlate:1:2=3"})
    EXPECT_THROW(parse_align(bad), UsageError) << bad;
  const EnergyAxis axis = parse_new_axis("500:0.25:1200");
  EXPECT_EQ(axis.offset, 500.0);
  EXPECT_EQ(axis.size, 1200);
  for (const char* bad : {"500:0.25", "500:0.25:0", "500:-1:3", "500:0.25:1.5", ""})
    EXPECT_THROW(parse_new_axis(bad), UsageError) << bad;
  EXPECT_EQ(parse_rebin("4").channels, 4);
  EXPECT_EQ(parse_rebin("2:3:4").x, 3);
  for (const char* bad : {"", "0", "2:2", "2:2:2:2", "1.5", "-1"})
    EXPECT_THROW(parse_rebin(bad), UsageError) << bad;
}

}  // namespace
}  // namespace whiteline::cli
