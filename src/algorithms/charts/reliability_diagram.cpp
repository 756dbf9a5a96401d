#include <fmt/format.h>
#include <whiteline/charts.hpp>

#include <algorithm>
#include <utility>

#include "algorithms/charts/frame.hpp"
#include "algorithms/maps/colours.hpp"

namespace whiteline {

using charts::Axes;
using charts::Frame;
using charts::LegendEntry;
using charts::Point;
using charts::Scale;
using charts::Svg;

namespace {

constexpr double curve_width = 1.8, dot_width = 6.0, counts_height = 90.0;

std::vector<LegendEntry> looks_of(const ReliabilityDiagram& diagram) {
  std::vector<LegendEntry> looks;
  for (const auto& [name, curve] : diagram.curves) {
    LegendEntry look{fmt::format("{}: ECE {:.4f}", name, curve.expected_error), {}, dot_width};
    look.line.colour = charts::line_colour(std::int32_t(looks.size()));
    look.line.width = curve_width;
    looks.push_back(look);
  }
  return looks;
}

// Claimed against observed.
void draw_curve(Svg& svg, const Frame& frame, const ReliabilityCurve& curve,
                const LegendEntry& look) {
  std::vector<Point> points;
  for (const ReliabilityBin& bin : curve.bins) {
    points.push_back(frame.place(bin.probability, bin.observed));
    svg.line(frame.place(bin.probability, bin.observed_low),
             frame.place(bin.probability, bin.observed_high), {look.line.colour});
  }
  svg.polyline(points, look.line);
  svg.discs(points, look.disc, look.line.colour, 1.0);
}

// Rows of each bin, as the outline of a histogram.
void draw_counts(Svg& svg, const Frame& frame, const ReliabilityCurve& curve,
                 const LegendEntry& look) {
  const double floor = frame.axes().y.low;
  std::vector<Point> outline;
  double end = -1.0;  // of the bin before
  for (const ReliabilityBin& bin : curve.bins) {
    if (bin.low > end && end >= 0.0) outline.push_back(frame.place(end, floor));
    if (bin.low > end) outline.push_back(frame.place(bin.low, floor));
    outline.push_back(frame.place(bin.low, double(bin.rows)));
    outline.push_back(frame.place(bin.high, double(bin.rows)));
    end = bin.high;
  }
  if (!outline.empty()) outline.push_back(frame.place(end, floor));
  svg.polyline(outline, look.line);
}

Scale count_scale(const ReliabilityDiagram& diagram) {
  std::vector<double> counts{1.0};
  for (const auto& [name, curve] : diagram.curves)
    for (const ReliabilityBin& bin : curve.bins) counts.push_back(double(bin.rows));
  // From below 1, so that a single row is seen.
  return charts::scale_around({"", ChartAxis::Scale::logarithmic, 0.7, {}}, counts);
}

}  // namespace

std::string svg(const ReliabilityDiagram& diagram) {
  const Scale unit{ChartAxis::Scale::linear, 0.0, 1.0};
  const std::vector<LegendEntry> looks = looks_of(diagram);
  const Axes shares{unit, unit, "", "observed share"};
  const Axes counts{unit, count_scale(diagram), "claimed probability", "spectra"};
  const auto upper_frame = [&](double left) {
    return Frame(shares, diagram.width, diagram.width, diagram.title, looks, left);
  };
  const auto lower_frame = [&](double left) {
    return Frame(counts, diagram.width, counts_height, "", {}, left);
  };
  const double left = std::max(upper_frame(0.0).box().x, lower_frame(0.0).box().x);
  const Frame upper = upper_frame(left), lower = lower_frame(left);
  Svg out;
  upper.draw_grid(out);
  out.line(upper.place(0.0, 0.0), upper.place(1.0, 1.0), {maps::faint_ink, 1.2, "5 4"});
  for (std::size_t i = 0; i < looks.size(); ++i)
    draw_curve(out, upper, diagram.curves[i].reliability, looks[i]);
  upper.draw_rest(out);
  out.begin_shift({0.0, upper.box().bottom() + 2.0 * charts::letter});
  lower.draw_grid(out);
  for (std::size_t i = 0; i < looks.size(); ++i)
    draw_counts(out, lower, diagram.curves[i].reliability, looks[i]);
  lower.draw_rest(out);
  out.end_shift();
  return std::move(out).document(std::max(upper.page_width(), lower.page_width()),
                                 upper.box().bottom() + 2.0 * charts::letter + lower.page_height(),
                                 diagram.title);
}

}  // namespace whiteline
