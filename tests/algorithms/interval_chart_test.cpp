#include <gtest/gtest.h>
#include <whiteline/charts.hpp>

#include <limits>

#include "algorithms/charts/svg.hpp"
#include "support/xml.hpp"

namespace whiteline {
namespace {

using charts::number;
using test::parse_xml;
using test::XmlElement;

TEST(IntervalChartTest, DrawsEachRowWithItsInterval) {
  IntervalChart chart;
  chart.title = "Success";
  chart.x = {.label = "share", .low = 0.0, .high = 1.0};
  chart.groups = {{"structure", {{"C0", 0.5, 0.25, 0.75, "3 of 6"}, {"C5", 0.9, 0.8, 1.0}}},
                  {"", {{"all", 0.6, 0.5, 0.7, "9 of 15"}}}};
  chart.width = 400;
  const XmlElement root = parse_xml(svg(chart));
  for (const char* words :
       {"Success", "share", "structure", "C0", "C5", "all", "3 of 6", "9 of 15"})
    EXPECT_NO_THROW(root.saying(words)) << words;
  const XmlElement* frame = nullptr;
  for (const XmlElement* rect : root.all("rect"))
    if (rect->attributes.at("fill") == "none") frame = rect;
  ASSERT_TRUE(frame);
  const double x = frame->number("x"), y = frame->number("y"), row = frame->number("height") / 4.0;
  EXPECT_EQ(frame->number("width"), 400.0);
  int found = 0;
  for (const XmlElement* path : root.all("path")) {
    const std::string& d = path->attributes.at("d");
    const auto line = [&](double low, double high, double rows) {
      return "M" + number(x + 400.0 * low) + " " + number(y + rows * row) + "L" +
             number(x + 400.0 * high) + " " + number(y + rows * row);
    };
    found += d == line(0.25, 0.75, 1.5) || d == line(0.8, 1.0, 2.5) || d == line(0.5, 0.7, 3.5);
  }
  EXPECT_EQ(found, 3);
  EXPECT_NO_THROW(parse_xml(svg(IntervalChart{})));
}

TEST(IntervalChartTest, RefusesIntervalsThatDoNotHoldTheirValue) {
  const auto chart = [](double value, double low, double high) {
    IntervalChart one;
    one.groups = {{"", {{"row", value, low, high}}}};
    return one;
  };
  EXPECT_NO_THROW(svg(chart(0.5, 0.5, 0.5)));
  EXPECT_THROW(svg(chart(0.4, 0.5, 0.6)), InvalidArgument);
  EXPECT_THROW(svg(chart(0.7, 0.5, 0.6)), InvalidArgument);
  EXPECT_THROW(svg(chart(std::numeric_limits<double>::quiet_NaN(), 0.5, 0.6)), InvalidArgument);
  EXPECT_THROW(svg(chart(0.5, 0.5, std::numeric_limits<double>::infinity())), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
