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

namespace {

void check(const ScatterChart& chart) {
  const std::size_t points = chart.points.size() / 2;
  if (chart.points.size() % 2 != 0)
    throw InvalidArgument(
        fmt::format("cannot draw {} numbers as points (a point is two) give x and y of each",
                    chart.points.size()));
  if (!chart.labels.empty() && chart.labels.size() != points)
    throw InvalidArgument(
        fmt::format("cannot draw {} points with {} labels (one a point is "
                    "needed) give labels of the same points",
                    points, chart.labels.size()));
  for (const std::int32_t label : chart.labels)
    if (label < no_label || label >= std::int32_t(chart.class_names.size()))
      throw InvalidArgument(
          fmt::format("cannot draw label {} ({} classes have a name) name every "
                      "class",
                      label, chart.class_names.size()));
}

constexpr double legend_disc = 9.0;

// Fewer points are drawn larger: from 7 down to 2 pixels.
double disc_diameter(std::size_t points) {
  return points < 300 ? 7.0 : points < 3000 ? 5.0 : points < 30000 ? 3.0 : 2.0;
}

// Colour of the group; line colours stay clear on white also as small discs.
Colour group_colour(std::int32_t label) {
  return label == no_label ? maps::undecided : charts::line_colour(label);
}

}  // namespace

std::string svg(const ScatterChart& chart) {
  check(chart);
  const std::size_t points = chart.points.size() / 2;
  const bool grouped = !chart.labels.empty();
  std::vector<double> x, y;
  std::vector<std::size_t> in_group(chart.class_names.size() + 1, 0);  // no_label first
  for (std::size_t i = 0; i < points; ++i) {
    x.push_back(chart.points[2 * i]);
    y.push_back(chart.points[2 * i + 1]);
    if (grouped) ++in_group[std::size_t(chart.labels[i] + 1)];
  }
  std::vector<LegendEntry> legend;
  for (std::size_t c = 0; grouped && c < chart.class_names.size(); ++c)
    legend.push_back({fmt::format("{} ({})", chart.class_names[c], in_group[c + 1]),
                      {group_colour(std::int32_t(c)), 0.0},
                      legend_disc});
  if (in_group[0] > 0)
    legend.push_back(
        {fmt::format("no class ({})", in_group[0]), {group_colour(no_label), 0.0}, legend_disc});
  const Frame frame({charts::scale_around(chart.x, x), charts::scale_around(chart.y, y),
                     chart.x.label, chart.y.label},
                    chart.width, chart.height, chart.title, legend);
  Svg out;
  frame.draw_grid(out);
  out.begin_clip(frame.box());
  const std::int32_t groups = grouped ? std::int32_t(chart.class_names.size()) : 1;
  for (std::int32_t group = grouped ? no_label : 0; group < groups; ++group) {
    std::vector<Point> places;
    for (std::size_t i = 0; i < points; ++i)
      if ((!grouped || chart.labels[i] == group) && frame.axes().x.shows(x[i]) &&
          frame.axes().y.shows(y[i]))
        places.push_back(frame.place(x[i], y[i]));
    out.discs(places, disc_diameter(points), group_colour(group), 0.7);
  }
  out.end_clip();
  frame.draw_rest(out);
  return std::move(out).document(frame.page_width(), frame.page_height(), chart.title);
}

}  // namespace whiteline
