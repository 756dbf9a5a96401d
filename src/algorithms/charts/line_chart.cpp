#include <fmt/format.h>
#include <whiteline/charts.hpp>

#include <utility>

#include "algorithms/charts/frame.hpp"
#include "algorithms/maps/colours.hpp"

namespace whiteline {

using charts::Frame;
using charts::LegendEntry;
using charts::Point;
using charts::Svg;
using Mark = ChartSeries::Mark;

namespace {

void check(const ChartSeries& series) {
  const auto wrong = [&](std::string_view what, std::size_t count) {
    throw InvalidArgument(
        fmt::format("cannot draw the curve `{}` ({} x values, {} {}) give as many of each",
                    series.name, series.x.size(), count, what));
  };
  if (series.y.size() != series.x.size()) wrong("y values", series.y.size());
  if (series.low.size() != series.high.size()) wrong("upper edges", series.high.size());
  if (!series.low.empty() && series.low.size() != series.x.size())
    wrong("lower edges", series.low.size());
}

constexpr double line_width = 1.8, disc = 6.0;

// How a series is drawn. Colours repeat after 8 series, with another dash pattern.
LegendEntry look_of(const ChartSeries& series, std::size_t position) {
  LegendEntry look{series.name, {}, 0.0};
  look.line.colour = series.colour.value_or(charts::line_colour(std::int32_t(position)));
  look.line.width = series.mark == Mark::points ? 0.0 : line_width;
  if (series.mark == Mark::dashes)
    look.line.dashes = "5 4";
  else if (position >= 8 && !series.colour)
    look.line.dashes = position < 16 ? "10 3" : "10 3 2 3";
  if (series.mark == Mark::points || series.mark == Mark::line_with_points) look.disc = disc;
  return look;
}

// Calls visit(first, last) for each run of points that all can be shown.
template <class Shown, class Visit>
void for_each_run(std::size_t points, Shown&& shown, Visit&& visit) {
  for (std::size_t first = 0; first < points;) {
    std::size_t last = first;
    while (last < points && shown(last)) ++last;
    if (last > first) visit(first, last);
    first = last + 1;
  }
}

void draw_band(Svg& svg, const Frame& frame, const ChartSeries& s, Colour colour) {
  const charts::Scale &x = frame.axes().x, &y = frame.axes().y;
  // An edge at or below 0 lies at the bottom of a logarithmic axis.
  const auto edge = [&](double value) {
    return y.kind == ChartAxis::Scale::logarithmic && value < y.low ? y.low : value;
  };
  const auto shown = [&](std::size_t i) {
    return x.shows(s.x[i]) && y.shows(edge(s.low[i])) && y.shows(edge(s.high[i]));
  };
  for_each_run(s.low.size(), shown, [&](std::size_t first, std::size_t last) {
    std::vector<Point> outline;
    for (std::size_t i = first; i < last; ++i)
      outline.push_back(frame.place(s.x[i], edge(s.high[i])));
    for (std::size_t i = last; i-- > first;) outline.push_back(frame.place(s.x[i], edge(s.low[i])));
    svg.polygon(outline, colour, 0.2);
  });
}

void draw_series(Svg& svg, const Frame& frame, const ChartSeries& s, const LegendEntry& look) {
  draw_band(svg, frame, s, look.line.colour);
  std::vector<Point> all;
  const auto shown = [&](std::size_t i) {
    return frame.axes().x.shows(s.x[i]) && frame.axes().y.shows(s.y[i]);
  };
  for_each_run(s.x.size(), shown, [&](std::size_t first, std::size_t last) {
    std::vector<Point> line;
    for (std::size_t i = first; i < last; ++i) {
      const Point next = frame.place(s.x[i], s.y[i]);
      if (s.mark == Mark::steps && !line.empty()) line.push_back({next.x, line.back().y});
      line.push_back(next);
      all.push_back(next);
    }
    if (look.line.width > 0.0) svg.polyline(line, look.line);
  });
  if (look.disc > 0.0) svg.discs(all, look.disc, look.line.colour, 1.0);
}

}  // namespace

std::string svg(const LineChart& chart) {
  std::vector<double> x, y;
  std::vector<LegendEntry> looks;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const ChartSeries& series = chart.series[i];
    check(series);
    x.insert(x.end(), series.x.begin(), series.x.end());
    for (const auto* values : {&series.y, &series.low, &series.high})
      y.insert(y.end(), values->begin(), values->end());
    looks.push_back(look_of(series, i));
  }
  const Frame frame({charts::scale_around(chart.x, x), charts::scale_around(chart.y, y),
                     chart.x.label, chart.y.label},
                    chart.width, chart.height, chart.title, looks);
  Svg out;
  frame.draw_grid(out);
  out.begin_clip(frame.box());
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    draw_series(out, frame, chart.series[i], looks[i]);
  out.end_clip();
  frame.draw_rest(out);
  return std::move(out).document(frame.page_width(), frame.page_height(), chart.title);
}

}  // namespace whiteline
