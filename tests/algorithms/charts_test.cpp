#include <gtest/gtest.h>
#include <whiteline/charts.hpp>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "algorithms/charts/svg.hpp"
#include "algorithms/charts/ticks.hpp"
#include "support/xml.hpp"

namespace whiteline {
namespace {

using charts::Scale;
using test::parse_xml;
using test::XmlElement;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr auto logarithmic = ChartAxis::Scale::logarithmic;

std::vector<std::string> labels(const std::vector<charts::Tick>& ticks) {
  std::vector<std::string> out;
  for (const charts::Tick& tick : ticks)
    if (!tick.label.empty()) out.push_back(tick.label);
  return out;
}
std::vector<std::string> labels(double low, double high, int about = 6) {
  return labels(Scale{ChartAxis::Scale::linear, low, high}.ticks(about));
}
std::vector<std::string> log_labels(double low, double high) {
  return labels(Scale{logarithmic, low, high}.ticks(6));
}
using Texts = std::vector<std::string>;

TEST(TicksTest, LinearTicksAreRoundAndEquallySpaced) {
  EXPECT_EQ(labels(0.0, 1.0), (Texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(labels(460.0, 799.75), (Texts{"500", "600", "700"}));
  EXPECT_EQ(labels(-0.03, 0.03),
            (Texts{"−0.03", "−0.02", "−0.01", "0.00", "0.01", "0.02", "0.03"}));
  EXPECT_EQ(labels(0.0, 4e6), (Texts{"0", "1×10⁶", "2×10⁶", "3×10⁶", "4×10⁶"}));
  EXPECT_EQ(labels(0.0, 2e-5, 4), (Texts{"0", "0.5×10⁻⁵", "1.0×10⁻⁵", "1.5×10⁻⁵", "2.0×10⁻⁵"}));
  for (const double low : {-7.3, 0.0, 1e-9, 12345.678})
    for (const double length : {1e-7, 0.3, 44.0, 1e9}) {
      const auto ticks = Scale{ChartAxis::Scale::linear, low, low + length}.ticks(6);
      ASSERT_GE(ticks.size(), 3u) << low << " " << length;
      ASSERT_LE(ticks.size(), 8u) << low << " " << length;
      for (const charts::Tick& tick : ticks) {
        EXPECT_GE(tick.value, low - 1e-8 * length);
        EXPECT_LE(tick.value, low + length * (1.0 + 1e-8));
      }
    }
}

TEST(TicksTest, LogarithmicTicksAreDecadesAndTheirParts) {
  EXPECT_EQ(log_labels(0.01, 1000.0), (Texts{"0.01", "0.1", "1", "10", "100", "1000"}));
  EXPECT_EQ(log_labels(1e-6, 1e4), (Texts{"10⁻⁶", "10⁻⁴", "10⁻²", "10⁰", "10²", "10⁴"}));
  EXPECT_EQ(log_labels(1.0, 20.0), (Texts{"1", "2", "5", "10", "20"}));
  const auto ticks = Scale{logarithmic, 1.0, 1000.0}.ticks(6);
  EXPECT_EQ(ticks.size(), 28u) << "each of 1..9 in three decades, and the end";
}

TEST(TicksTest, AxesEndAtRoundNumbersAroundTheirData) {
  const Scale scale = charts::scale_around({}, {0.913, 0.987, nan});
  EXPECT_DOUBLE_EQ(scale.low, 0.9);
  EXPECT_DOUBLE_EQ(scale.high, 1.0);
  const Scale decades = charts::scale_around({"", logarithmic}, {0.0, 3.0, 4000.0, -1.0});
  EXPECT_DOUBLE_EQ(decades.low, 2.0);
  EXPECT_DOUBLE_EQ(decades.high, 5000.0);
  const Scale given = charts::scale_around({.label = "", .low = 0.5, .high = 0.7}, {3.0});
  EXPECT_EQ(given.low, 0.5);
  EXPECT_EQ(given.high, 0.7);
}

TEST(TicksTest, AxesWithoutDataOrWithOneValueStillHaveALength) {
  for (const ChartAxis& axis : {ChartAxis{}, ChartAxis{"", logarithmic}, ChartAxis{.low = 7.0},
                                ChartAxis{.label = "", .high = -7.0}})
    for (const std::vector<double>& values : {std::vector<double>{}, {3.0}, {0.0}, {nan, 1e-300}}) {
      const Scale scale = charts::scale_around(axis, values);
      EXPECT_LT(scale.low, scale.high);
      EXPECT_FALSE(scale.ticks().empty());
    }
}

TEST(TicksTest, EndsThatMakeNoAxisAreRefused) {
  EXPECT_THROW(charts::scale_around({.low = 1.0, .high = 1.0}, {}), InvalidArgument);
  EXPECT_THROW(charts::scale_around({.low = 2.0, .high = 1.0}, {}), InvalidArgument);
  EXPECT_THROW(charts::scale_around({.low = nan}, {}), InvalidArgument);
  EXPECT_THROW(charts::scale_around({"", logarithmic, 0.0, 1.0}, {}), InvalidArgument);
}

TEST(TicksTest, ShortNumbersUsePowersOfTenWhereTheyAreShorter) {
  EXPECT_EQ(charts::short_number(0.96541), "0.965");
  EXPECT_EQ(charts::short_number(-3.0), "−3");
  EXPECT_EQ(charts::short_number(1e-6), "10⁻⁶");
  EXPECT_EQ(charts::short_number(-1.234e12), "−1.23×10¹²");
  EXPECT_EQ(charts::short_number(nan), "NaN");
}

TEST(SvgTest, TextIsEscapedAndWhatXmlCannotHoldReplaced) {
  EXPECT_EQ(charts::escaped("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
  EXPECT_EQ(charts::escaped("µm, 日本, 𝛼"), "µm, 日本, 𝛼");
  for (const std::string bad : {"\x01", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xef\xbf\xbf",
                                "\xf4\x90\x80\x80", "\xe6\x97"}) {
    const std::string text = charts::escaped(bad);
    EXPECT_EQ(text.substr(0, 3), "\xef\xbf\xbd") << bad;
    EXPECT_EQ(text.size() % 3, 0u);
  }
}

TEST(SvgTest, NumbersAreShortAndNeverMinusZero) {
  EXPECT_EQ(charts::number(12.0), "12");
  EXPECT_EQ(charts::number(0.125), "0.12");
  EXPECT_EQ(charts::number(-0.001), "0");
  EXPECT_EQ(charts::number(100.5), "100.5");
}

// The frame around the data.
const XmlElement& frame_of(const XmlElement& root) {
  return *root.all("clipPath").at(0)->all("rect").at(0);
}

LineChart two_curves() {
  LineChart chart;
  chart.title = "A & B";
  chart.x = {"energy loss (eV)", ChartAxis::Scale::linear, 0.0, 10.0};
  chart.y = {"counts", ChartAxis::Scale::linear, 0.0, 4.0};
  chart.series.push_back({"Fe<2+>", {0.0, 5.0, 10.0}, {0.0, 2.0, 4.0}});
  chart.series.push_back({"gap", {0.0, 5.0, 6.0, 10.0}, {1.0, nan, 1.0, 1.0}});
  return chart;
}

TEST(LineChartTest, PointsLieWhereTheAxesSay) {
  const XmlElement root = parse_xml(svg(two_curves()));
  const XmlElement& frame = frame_of(root);
  const double x = frame.number("x"), y = frame.number("y");
  EXPECT_EQ(frame.number("width"), 560.0);
  EXPECT_EQ(frame.number("height"), 360.0);
  const XmlElement& data = *root.all("g").at(0);
  ASSERT_EQ(data.children.size(), 2u) << "a curve, and the longer part of the other";
  EXPECT_EQ(data.children[0].attributes.at("d"),
            "M" + charts::number(x) + " " + charts::number(y + 360.0) + "L" +
                charts::number(x + 280.0) + " " + charts::number(y + 180.0) + "L" +
                charts::number(x + 560.0) + " " + charts::number(y));
  EXPECT_EQ(data.children[1].attributes.at("d").substr(0, 1 + charts::number(x + 336.0).size()),
            "M" + charts::number(x + 336.0));
}

TEST(LineChartTest, TicksStandBesideTheirValues) {
  const XmlElement root = parse_xml(svg(two_curves()));
  const XmlElement& frame = frame_of(root);
  EXPECT_EQ(root.saying("4").number("x"), frame.number("x") + 0.4 * 560.0)
      << "the first 4 is of the x axis";
  EXPECT_NEAR(root.saying("3").number("y"), frame.number("y") + 90.0, 6.0);
  EXPECT_EQ(root.saying("energy loss (eV)").number("x"), frame.number("x") + 280.0);
  EXPECT_NE(root.saying("counts").attributes.at("transform").find("rotate(-90"), std::string::npos);
}

TEST(LineChartTest, EverythingLiesOnThePage) {
  const XmlElement root = parse_xml(svg(two_curves()));
  const double width = root.number("width"), height = root.number("height");
  EXPECT_EQ(root.all("title").at(0)->text, "A & B");
  for (const XmlElement* text : root.all("text")) {
    EXPECT_GE(text->number("x"), 0.0);
    EXPECT_LT(text->number("x"), width);
    EXPECT_LT(text->number("y"), height);
  }
  const XmlElement& name = root.saying("Fe<2+>");
  EXPECT_GT(name.number("x"), frame_of(root).number("x") + 560.0) << "the legend hides no data";
  EXPECT_LT(name.number("x") + charts::text_width(name.text, 12.0), width);
}

TEST(LineChartTest, BandsStepsAndPointsAreDrawn) {
  LineChart chart = two_curves();
  chart.series[0].low = {0.0, 1.0, 3.0};
  chart.series[0].high = {1.0, 3.0, 4.0};
  chart.series[0].mark = ChartSeries::Mark::line_with_points;
  chart.series[1].mark = ChartSeries::Mark::steps;
  const XmlElement root = parse_xml(svg(chart));
  const auto& drawn = root.all("g").at(0)->children;
  ASSERT_EQ(drawn.size(), 4u);
  const auto count = [](const XmlElement& path, char letter) {
    const std::string& d = path.attributes.at("d");
    return std::count(d.begin(), d.end(), letter);
  };
  EXPECT_EQ(drawn[0].attributes.at("d").back(), 'Z');
  EXPECT_EQ(count(drawn[0], 'M') + count(drawn[0], 'L'), 6) << "both edges of the band";
  EXPECT_EQ(count(drawn[2], 'h'), 3) << "discs";
  EXPECT_EQ(count(drawn[3], 'L'), 2) << "one step";
}

TEST(LineChartTest, LogarithmicAxesLeaveOutWhatTheyCannotShow) {
  LineChart chart;
  chart.y.scale = logarithmic;
  chart.series.push_back({"", {0.0, 1.0, 2.0, 3.0}, {0.0, 1.0, 10.0, 1000.0}, {}, {}});
  chart.series[0].low = {0.0, 0.0, 1.0, 100.0};
  chart.series[0].high = {1.0, 2.0, 20.0, 1000.0};
  const XmlElement root = parse_xml(svg(chart));
  EXPECT_EQ(svg(chart).find("nan"), std::string::npos);
  EXPECT_EQ(svg(chart).find("inf"), std::string::npos);
  EXPECT_NO_THROW(root.saying("1000"));
  EXPECT_NO_THROW(parse_xml(svg(LineChart{})));
}

TEST(LineChartTest, LengthsThatDoNotBelongTogetherAreRefused) {
  LineChart chart;
  chart.series.push_back({"a", {0.0, 1.0}, {0.0}});
  EXPECT_THROW(svg(chart), InvalidArgument);
  chart.series[0].y = {0.0, 1.0};
  chart.series[0].low = {0.0};
  EXPECT_THROW(svg(chart), InvalidArgument);
  chart.series[0].high = {0.0};
  EXPECT_THROW(svg(chart), InvalidArgument);
}

TEST(LineChartTest, ColoursOfLinesStandOutOnWhitePaper) {
  LineChart chart;
  for (int i = 0; i < 10; ++i) chart.series.push_back({std::to_string(i), {0.0, 1.0}, {0.0, 1.0}});
  const XmlElement root = parse_xml(svg(chart));
  std::set<std::string> looks;
  for (const XmlElement& line : root.all("g").at(0)->children) {
    const auto dashes = line.attributes.find("stroke-dasharray");
    const std::string stroke = line.attributes.at("stroke");
    looks.insert(stroke + (dashes == line.attributes.end() ? "" : dashes->second));
    double luminance = 0.0;
    const double parts[] = {0.2126, 0.7152, 0.0722};
    for (int i = 0; i < 3; ++i)
      luminance +=
          parts[i] *
          std::pow(std::stoi(stroke.substr(std::size_t(1 + 2 * i), 2), nullptr, 16) / 255.0, 2.2);
    EXPECT_GE(1.05 / (luminance + 0.05), 3.0) << "contrast of " << stroke;
  }
  EXPECT_EQ(looks.size(), 10u);
}

HeatMap small_map() {
  HeatMap map;
  map.title = "Accuracy";
  map.row_label = "C";
  map.column_label = "gamma";
  map.rows = {"1", "10"};
  map.columns = {"0.1", "1", "10"};
  map.values = {0.5, 0.75, 1.0, nan, 0.5, 0.625};
  return map;
}

TEST(HeatMapTest, CellsAreColouredByTheirValueAndSayIt) {
  HeatMap map = small_map();
  map.marked = 2;
  const XmlElement root = parse_xml(svg(map));
  std::vector<const XmlElement*> cells;
  for (const XmlElement* rect : root.all("rect"))
    if (rect->attributes.count("shape-rendering") != 0) cells.push_back(rect);
  ASSERT_GE(cells.size(), 6u);
  EXPECT_EQ(cells[0]->attributes.at("fill"), cells[4]->attributes.at("fill"));
  EXPECT_EQ(cells[2]->attributes.at("fill"), "#fdf096") << "the brightest colour";
  EXPECT_EQ(cells[0]->attributes.at("fill"), "#322d76") << "the darkest";
  EXPECT_EQ(cells[3]->attributes.at("fill"), "#c8c9cd") << "no value";
  const XmlElement& text = root.saying("0.625");
  EXPECT_NEAR(text.number("x"), cells[5]->number("x") + cells[5]->number("width") / 2.0, 0.011);
  EXPECT_GT(text.number("y"), cells[5]->number("y"));
  EXPECT_LT(text.number("y"), cells[5]->number("y") + cells[5]->number("height"));
  int framed = 0;
  for (const XmlElement* rect : root.all("rect"))
    if (rect->attributes.count("stroke-width") != 0 && rect->number("stroke-width") > 1.0) {
      ++framed;
      EXPECT_EQ(rect->number("x"), cells[2]->number("x"));
      EXPECT_EQ(rect->number("y"), cells[2]->number("y"));
    }
  EXPECT_EQ(framed, 2) << "red on white around the marked cell";
}

TEST(HeatMapTest, LongColumnNamesAreTurned) {
  HeatMap map = small_map();
  map.columns[1] = "a name that is wider than a cell";
  const XmlElement root = parse_xml(svg(map));
  EXPECT_EQ(root.saying(map.columns[1]).attributes.count("transform"), 1u);
  EXPECT_GT(root.saying("gamma").number("y"), root.saying(map.columns[1]).number("y") + 100.0);
}

TEST(HeatMapTest, SizesThatDoNotBelongTogetherAreRefused) {
  HeatMap map = small_map();
  map.values.pop_back();
  EXPECT_THROW(svg(map), InvalidArgument);
  EXPECT_THROW(svg(HeatMap{}), InvalidArgument);
  map = small_map();
  map.texts = {"one"};
  EXPECT_THROW(svg(map), InvalidArgument);
  map = small_map();
  map.marked = 6;
  EXPECT_THROW(svg(map), InvalidArgument);
  map = small_map();
  map.low = 2.0;
  EXPECT_THROW(svg(map), InvalidArgument);
}

TEST(HeatMapTest, OneValueEverywhereStillHasAColourBar) {
  HeatMap map = small_map();
  map.values.assign(6, 0.0);
  EXPECT_NO_THROW(parse_xml(svg(map)));
  map.values.assign(6, nan);
  EXPECT_NO_THROW(parse_xml(svg(map)));
}

TEST(ConfusionChartTest, CountsAndSharesOfTrueClasses) {
  const HeatMap map = confusion_chart({8, 2, 0, 0}, {"FeO", "Fe3O4"});
  EXPECT_EQ(map.values[0], 0.8);
  EXPECT_EQ(map.values[1], 0.2);
  EXPECT_TRUE(std::isnan(map.values[2])) << "a class of no spectra has no shares";
  EXPECT_EQ(map.texts[1], "2\n20.0 %");
  const XmlElement root = parse_xml(svg(map));
  EXPECT_NO_THROW(root.saying("20.0 %"));
  EXPECT_THROW(confusion_chart({1, 2, 3}, {"a", "b"}), InvalidArgument);
}

TEST(ScatterChartTest, GroupsAreCountedAndColoured) {
  ScatterChart chart;
  chart.points = {0, 0, 1, 1, 2, 2, std::numeric_limits<float>::quiet_NaN(), 0};
  chart.labels = {0, 1, no_label, 1};
  chart.class_names = {"FeO", "Fe3O4"};
  const XmlElement root = parse_xml(svg(chart));
  const auto& groups = root.all("g").at(0)->children;
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_NO_THROW(root.saying("FeO (1)"));
  EXPECT_NO_THROW(root.saying("Fe3O4 (2)"));
  EXPECT_NO_THROW(root.saying("no class (1)"));
  EXPECT_NE(groups[1].attributes.at("stroke"), groups[2].attributes.at("stroke"));
  const std::string& second = groups[2].attributes.at("d");
  EXPECT_EQ(std::count(second.begin(), second.end(), 'h'), 1) << "NaN is not drawn";
}

TEST(ScatterChartTest, LengthsAndNamesThatDoNotBelongTogetherAreRefused) {
  EXPECT_THROW(svg(ScatterChart{.points = {1.0f}}), InvalidArgument);
  EXPECT_THROW(svg(ScatterChart{.points = {1.0f, 2.0f}, .labels = {0, 0}}), InvalidArgument);
  EXPECT_THROW(svg(ScatterChart{.points = {1.0f, 2.0f}, .labels = {0}}), InvalidArgument);
  EXPECT_NO_THROW(parse_xml(svg(ScatterChart{.points = {1.0f, 2.0f}})));
}

TEST(ReliabilityDiagramTest, PointsIntervalsAndCountsShareOneAxis) {
  ReliabilityCurve curve;
  curve.bins.push_back({0.0, 0.5, 3, 0.25, 0.5, 0.2, 0.8});
  curve.bins.push_back({0.5, 1.0, 100, 0.75, 1.0, 0.9, 1.0});
  curve.expected_error = 0.25;
  const XmlElement root = parse_xml(
      svg(ReliabilityDiagram{.title = "Reliability", .curves = {{"top", curve}}, .width = 400}));
  EXPECT_NO_THROW(root.saying("top: ECE 0.2500"));
  std::vector<const XmlElement*> frames;
  for (const XmlElement* rect : root.all("rect"))
    if (rect->attributes.at("fill") == "none") frames.push_back(rect);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0]->number("x"), frames[1]->number("x"));
  const double x = frames[0]->number("x"), y = frames[0]->number("y");
  int found = 0;
  for (const XmlElement* path : root.all("path")) {
    const std::string& d = path->attributes.at("d");
    const std::string curve_path = "M" + charts::number(x + 100.0) + " " +
                                   charts::number(y + 200.0) + "L" + charts::number(x + 300.0) +
                                   " " + charts::number(y);
    const std::string interval = "M" + charts::number(x + 100.0) + " " + charts::number(y + 320.0) +
                                 "L" + charts::number(x + 100.0) + " " + charts::number(y + 80.0);
    found += d == curve_path || d == interval;
    if (std::count(d.begin(), d.end(), 'L') == 5) {  // the outline of the counts
      EXPECT_EQ(d.substr(0, 1 + charts::number(x).size()), "M" + charts::number(x));
      ++found;
    }
  }
  EXPECT_EQ(found, 3);
  EXPECT_NO_THROW(parse_xml(svg(ReliabilityDiagram{})));
}

}  // namespace
}  // namespace whiteline
