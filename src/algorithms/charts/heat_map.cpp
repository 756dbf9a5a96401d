#include <fmt/format.h>
#include <whiteline/charts.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/charts/frame.hpp"
#include "algorithms/maps/colours.hpp"

namespace whiteline {

using charts::Anchor;
using charts::Box;
using charts::letter;
using charts::Scale;
using charts::Svg;
using charts::text_width;
using charts::title_letter;

namespace {

constexpr double gap = 8.0, bar_width = 14.0, text_line = 14.0, cell_letter = 11.0;

void check(const HeatMap& map) {
  const std::size_t cells = map.rows.size() * map.columns.size();
  if (cells == 0 || map.values.size() != cells)
    throw InvalidArgument(
        fmt::format("cannot draw {} values in {} rows and {} columns (each cell "
                    "has one) correct the sizes",
                    map.values.size(), map.rows.size(), map.columns.size()));
  if (!map.texts.empty() && map.texts.size() != cells)
    throw InvalidArgument(
        fmt::format("cannot write {} texts into {} cells (each has one) correct "
                    "the sizes",
                    map.texts.size(), cells));
  if (map.marked && (*map.marked < 0 || *map.marked >= std::int64_t(cells)))
    throw InvalidArgument(
        fmt::format("cannot mark cell {} (there are {}) name one of them", *map.marked, cells));
}

// The colour bar's ends: given, or exactly the data's.
Scale value_scale(const HeatMap& map) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double value : map.values)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  if (low > high) low = 0.0, high = 1.0;
  low = map.low.value_or(low);
  high = map.high.value_or(high);
  require(std::isfinite(low) && std::isfinite(high) && low <= high,
          "cannot colour a heat map (the ends of its colours are not finite or in the wrong order) "
          "correct `low` and `high`");
  if (low == high) {
    low -= low == 0.0 ? 0.5 : std::abs(low) / 20.0;
    high += high == 0.0 ? 0.5 : std::abs(high) / 20.0;
  }
  return {ChartAxis::Scale::linear, low, high};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  lines.push_back(text.substr(begin));
  return lines;
}

std::vector<std::vector<std::string>> cell_texts(const HeatMap& map) {
  std::vector<std::vector<std::string>> texts;
  for (std::size_t i = 0; i < map.values.size(); ++i)
    texts.push_back(lines_of(!map.texts.empty()          ? map.texts[i]
                             : std::isnan(map.values[i]) ? ""
                                                         : charts::short_number(map.values[i])));
  return texts;
}

double widest(const std::vector<std::string>& texts, double size) {
  double width = 0.0;
  for (const std::string& text : texts) width = std::max(width, text_width(text, size));
  return width;
}

// Where everything lies.
struct Layout {
  std::vector<std::vector<std::string>> texts;
  Scale scale;
  std::vector<charts::Tick> bar_ticks;
  double cell_width = 30.0, cell_height = 26.0;
  bool slanted = false;  // column names are turned upwards where they are wider than a cell
  Box cells{}, bar{};
  double page_width = 0.0, page_height = 0.0;

  explicit Layout(const HeatMap& map) : texts(cell_texts(map)), scale(value_scale(map)) {
    for (const auto& lines : texts) {
      cell_width = std::max(cell_width, widest(lines, cell_letter) + gap);
      cell_height = std::max(cell_height, double(lines.size()) * text_line + 1.5 * gap);
    }
    const double longest_column = widest(map.columns, letter);
    slanted = longest_column + gap / 2.0 > std::max(cell_width, 52.0);
    if (!slanted) cell_width = std::max(cell_width, longest_column + gap / 2.0);
    const double left =
        2.0 * gap + widest(map.rows, letter) + (map.row_label.empty() ? 0.0 : letter + gap) + 4.0;
    const double top = map.title.empty() ? 1.5 * gap : title_letter + 3.0 * gap;
    cells = {left, top, cell_width * double(map.columns.size()),
             cell_height * double(map.rows.size())};
    bar = {cells.right() + 2.0 * gap, top, bar_width, std::max(cells.height, 120.0)};
    bar_ticks = scale.ticks(std::clamp(int(bar.height / 40.0), 2, 8));
    double numbers = 0.0;
    for (const charts::Tick& tick : bar_ticks)
      numbers = std::max(numbers, text_width(tick.label, letter));
    const double names = slanted ? longest_column : letter;
    page_width = bar.right() + gap + numbers + gap + (map.value_label.empty() ? 0.0 : letter + gap);
    page_width = std::max(page_width, cells.x + text_width(map.title, title_letter) + gap);
    page_height = std::max(
        cells.bottom() + gap + names + gap + (map.column_label.empty() ? 0.0 : letter + gap),
        bar.bottom() + 2.0 * gap);
  }

  Box cell(std::size_t number, std::size_t columns) const {
    return {cells.x + double(number % columns) * cell_width,
            cells.y + double(number / columns) * cell_height, cell_width, cell_height};
  }
};

// Black or white, whichever stands out.
Colour text_colour(Colour ground) {
  const maps::Light light = maps::light_of(ground);
  const double luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  return luminance > 0.18 ? maps::ink : maps::paper;
}

void draw_cells(Svg& svg, const HeatMap& map, const Layout& at) {
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    const Box cell = at.cell(i, map.columns.size());
    const Colour colour = std::isnan(map.values[i])
                              ? charts::no_value_colour
                              : maps::scale_colour(at.scale.share(map.values[i]));
    svg.rectangle(cell, colour);
    const auto& lines = at.texts[i];
    double y = cell.y + cell.height / 2.0 + 0.36 * cell_letter -
               text_line * (double(lines.size()) - 1.0) / 2.0;
    for (const std::string& line : lines) {
      svg.text({cell.x + cell.width / 2.0, y}, line,
               {.anchor = Anchor::middle, .size = cell_letter, .colour = text_colour(colour)});
      y += text_line;
    }
  }
  svg.outline(at.cells, {maps::frame});
  if (!map.marked) return;
  const Box best = at.cell(std::size_t(*map.marked), map.columns.size());
  svg.outline(best, {maps::paper, 5.0});
  svg.outline(best, {{200, 30, 30}, 2.5});
}

void draw_names(Svg& svg, const HeatMap& map, const Layout& at) {
  for (std::size_t r = 0; r < map.rows.size(); ++r)
    svg.text({at.cells.x - 6.0, at.cells.y + (double(r) + 0.5) * at.cell_height + 0.36 * letter},
             map.rows[r], {.anchor = Anchor::end});
  const double below = at.cells.bottom() + gap;
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    const double x = at.cells.x + (double(c) + 0.5) * at.cell_width;
    if (at.slanted)
      svg.text({x + 0.36 * letter, below}, map.columns[c],
               {.anchor = Anchor::end, .upwards = true});
    else
      svg.text({x, below + 0.8 * letter}, map.columns[c], {.anchor = Anchor::middle});
  }
  const double names = at.slanted ? widest(map.columns, letter) : letter;
  svg.text({at.cells.x + at.cells.width / 2.0, below + names + gap + 0.8 * letter},
           map.column_label, {.anchor = Anchor::middle});
  svg.text({gap + 0.8 * letter, at.cells.y + at.cells.height / 2.0}, map.row_label,
           {.anchor = Anchor::middle, .upwards = true});
  svg.text({at.cells.x, gap + title_letter}, map.title, {.size = title_letter, .bold = true});
}

void draw_bar(Svg& svg, const HeatMap& map, const Layout& at) {
  constexpr int steps = 64;
  const double step = at.bar.height / steps;
  for (int i = 0; i < steps; ++i)
    svg.rectangle({at.bar.x, at.bar.bottom() - (i + 1) * step, at.bar.width, step},
                  maps::scale_colour((i + 0.5) / steps));
  svg.outline(at.bar, {maps::frame});
  for (const charts::Tick& tick : at.bar_ticks) {
    const double y = at.bar.bottom() - at.scale.share(tick.value) * at.bar.height;
    svg.line({at.bar.right(), y}, {at.bar.right() + 4.0, y}, {maps::frame});
    svg.text({at.bar.right() + gap, y + 0.36 * letter}, tick.label);
  }
  svg.text({at.page_width - gap, at.bar.y + at.bar.height / 2.0}, map.value_label,
           {.anchor = Anchor::middle, .upwards = true});
}

}  // namespace

std::string svg(const HeatMap& map) {
  check(map);
  const Layout layout(map);
  Svg out;
  draw_cells(out, map, layout);
  draw_names(out, map, layout);
  draw_bar(out, map, layout);
  return std::move(out).document(layout.page_width, layout.page_height, map.title);
}

HeatMap confusion_chart(const std::vector<std::int64_t>& counts,
                        const std::vector<std::string>& class_names) {
  const std::size_t classes = class_names.size();
  if (counts.size() != classes * classes)
    throw InvalidArgument(
        fmt::format("cannot draw {} counts of {} classes ({} are needed) give a "
                    "square matrix",
                    counts.size(), classes, classes * classes));
  HeatMap map;
  map.title = "Confusion matrix";
  map.row_label = "true class";
  map.column_label = "labelled as";
  map.value_label = "share of the true class";
  map.rows = map.columns = class_names;
  map.low = 0.0;
  map.high = 1.0;
  for (std::size_t t = 0; t < classes; ++t) {
    std::int64_t total = 0;
    for (std::size_t p = 0; p < classes; ++p) total += counts[t * classes + p];
    for (std::size_t p = 0; p < classes; ++p) {
      const std::int64_t count = counts[t * classes + p];
      const double share =
          total > 0 ? double(count) / double(total) : std::numeric_limits<double>::quiet_NaN();
      map.values.push_back(share);
      map.texts.push_back(total > 0 ? fmt::format("{}\n{:.1f} %", count, 100.0 * share) : "0");
    }
  }
  return map;
}

}  // namespace whiteline
