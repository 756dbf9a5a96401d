#include <whiteline/charts.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/charts/frame.hpp"
#include "algorithms/maps/colours.hpp"

namespace whiteline {

using charts::Anchor;
using charts::Box;
using charts::letter;
using charts::Scale;
using charts::Svg;
using charts::title_letter;

namespace {

constexpr double space = 8.0, row_height = 18.0, dot = 7.0;

void check(const IntervalChart& chart) {
  for (const auto& [name, rows] : chart.groups)
    for (const IntervalChart::Row& row : rows)
      require(std::isfinite(row.value) && row.low <= row.value && row.value <= row.high &&
                  std::isfinite(row.low) && std::isfinite(row.high),
              "cannot draw an interval (its ends are not finite, or not around its value) correct "
              "them");
}

// Where everything lies. A group's name takes a row where it has one.
struct IntervalLayout {
  Scale scale;
  Box box{};
  double page_width = 0.0, page_height = 0.0;

  explicit IntervalLayout(const IntervalChart& chart) {
    std::vector<double> values;
    double lines = 0.0, names = 0.0, notes = 0.0;
    for (const auto& [name, rows] : chart.groups) {
      lines += double(rows.size()) + (name.empty() ? 0.0 : 1.0);
      names = std::max(names, charts::text_width(name, letter));
      for (const IntervalChart::Row& row : rows) {
        names = std::max(names, charts::text_width(row.name, letter) + space);
        notes = std::max(notes, charts::text_width(row.note, letter));
        values.insert(values.end(), {row.low, row.high});
      }
    }
    scale = charts::scale_around(chart.x, values);
    const double top = chart.title.empty() ? 1.5 * space : title_letter + 3.0 * space;
    box = {2.0 * space + names, top, chart.width, lines * row_height};
    page_width = std::max(box.right() + 2.0 * space + std::max(notes, 2.0 * space),
                          box.x + charts::text_width(chart.title, title_letter) + space);
    page_height =
        box.bottom() + 3.0 * space + letter + (chart.x.label.empty() ? 0.0 : letter + space);
  }

  double x(double value) const { return box.x + scale.share(value) * box.width; }
};

void draw_axis(Svg& svg, const IntervalChart& chart, const IntervalLayout& at) {
  for (const charts::Tick& tick : at.scale.ticks(std::max(2, int(at.box.width / 80.0)))) {
    const double x = at.x(tick.value);
    if (!tick.label.empty()) svg.line({x, at.box.y}, {x, at.box.bottom()}, {charts::grid_colour});
    svg.line({x, at.box.bottom()}, {x, at.box.bottom() + 4.0}, {maps::frame});
    svg.text({x, at.box.bottom() + space + letter}, tick.label, {.anchor = Anchor::middle});
  }
  svg.text({at.box.x + at.box.width / 2.0, at.box.bottom() + 2.0 * space + 2.0 * letter},
           chart.x.label, {.anchor = Anchor::middle});
  svg.text({space, space + title_letter}, chart.title, {.size = title_letter, .bold = true});
}

void draw_rows(Svg& svg, const IntervalChart& chart, const IntervalLayout& at) {
  const Colour colour = charts::line_colour(0);
  double y = at.box.y + row_height / 2.0;
  for (const auto& [name, rows] : chart.groups) {
    if (!name.empty()) {
      svg.text({space, y + 0.36 * letter}, name, {.bold = true});
      y += row_height;
    }
    for (const IntervalChart::Row& row : rows) {
      svg.text({at.box.x - space, y + 0.36 * letter}, row.name, {.anchor = Anchor::end});
      svg.line({at.x(row.low), y}, {at.x(row.high), y}, {colour, 1.8});
      svg.discs({{at.x(row.value), y}}, dot, colour, 1.0);
      svg.text({at.box.right() + space, y + 0.36 * letter}, row.note, {.colour = maps::faint_ink});
      y += row_height;
    }
  }
  svg.outline(at.box, {maps::frame});
}

}  // namespace

std::string svg(const IntervalChart& chart) {
  check(chart);
  const IntervalLayout layout(chart);
  Svg out;
  draw_axis(out, chart, layout);
  draw_rows(out, chart, layout);
  return std::move(out).document(layout.page_width, layout.page_height, chart.title);
}

}  // namespace whiteline
