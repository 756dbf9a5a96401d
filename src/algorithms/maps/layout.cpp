#include "algorithms/maps/layout.hpp"

#include <fmt/format.h>

#include <cmath>

#include "algorithms/maps/colours.hpp"

namespace whiteline::maps {

namespace {

constexpr std::int64_t most_pixels = std::int64_t(1) << 28;
constexpr std::int64_t longest_side = 1 << 20;
constexpr std::int64_t smallest_page = 20;  // letters
constexpr double scale_bar_share = 0.4;     // of the map's width, at most

std::int64_t enlargement(MapSize map, const MapStyle& style) {
  return std::max<std::int64_t>(1, style.target_width / std::max(map.width, map.height));
}

bool has_scale_bar(const MapStyle& style) {
  return style.pixel_length > 0.0 && std::isfinite(style.pixel_length);
}

void draw_scale_bar(Page& page, MapSize map, const MapStyle& style) {
  const std::int64_t dot = page.measures.dot;
  const double length = round_length(scale_bar_share * double(map.width) * style.pixel_length);
  const auto width =
      std::max<std::int64_t>(1, std::llround(length / style.pixel_length * double(page.factor)));
  const std::int64_t y = page.map_y + map.height * page.factor + page.measures.gap();
  const std::int64_t thickness = 3 * dot;
  page.canvas.fill({page.map_x, y + (glyph_height * dot - thickness) / 2, width, thickness}, ink);
  const std::string label = fmt::format("{:g} {}", length, style.length_units);
  const std::int64_t x = page.map_x + width + page.measures.gap();
  const std::int64_t most_letters =
      std::max<std::int64_t>(0, page.width - page.measures.margin() - x) / page.measures.letter();
  page.canvas.text(x, y, shortened(glyphs(label), most_letters), dot, ink);
}

}  // namespace

double round_length(double longest) {
  const double power = std::pow(10.0, std::floor(std::log10(longest)));
  for (const double step : {10.0, 5.0, 2.0})
    if (step * power <= longest * (1.0 + 1e-9)) return step * power;
  return power;
}

Measures measures_of(const MapStyle& style) { return {style.target_width >= 320 ? 2 : 1}; }

void check_size(MapSize map, const MapStyle& style) {
  if (map.height < 1 || map.width < 1 || map.height > longest_side || map.width > longest_side ||
      map.height * map.width > most_pixels)
    throw InvalidArgument(fmt::format(
        "cannot draw a map of {} x {} pixels (a side has at least 1, the map at most {}) draw a "
        "part of it",
        map.height, map.width, most_pixels));
  if (style.target_width < 1 || style.target_width > 16384)
    throw InvalidArgument(
        fmt::format("cannot draw a map {} pixels wide (1 to 16384 are possible) choose another "
                    "target width",
                    style.target_width));
}

Rectangle map_rectangle(MapSize map, const MapStyle& style) {
  const std::int64_t factor = enlargement(map, style);
  return {0, 0, map.width * factor, map.height * factor};
}

Page make_page(MapSize map, const MapStyle& style, const Rectangle& side) {
  const Measures m = measures_of(style);
  const Rectangle enlarged = map_rectangle(map, style);
  const std::int64_t title = style.title.empty() ? 0 : m.line() + m.gap() / 2;
  const std::int64_t bar = has_scale_bar(style) ? m.gap() + glyph_height * m.dot : 0;
  const std::int64_t body = enlarged.width + (side.width > 0 ? 2 * m.gap() + side.width : 0);
  const std::int64_t width = 2 * m.margin() + std::max(body, smallest_page * m.letter());
  const std::int64_t height = 2 * m.margin() + title + std::max(enlarged.height + bar, side.height);
  Page page{Canvas(width, height, paper),
            m,
            width,
            enlargement(map, style),
            m.margin(),
            m.margin() + title,
            m.margin() + enlarged.width + 2 * m.gap(),
            m.margin() + title};
  const std::int64_t most_letters = (width - 2 * m.margin()) / m.letter();
  const std::vector<Glyph> letters = shortened(glyphs(style.title), most_letters);
  for (const std::int64_t x : {m.margin(), m.margin() + 1})  // bold
    page.canvas.text(x, m.margin(), letters, m.dot, ink);
  page.canvas.outline({page.map_x, page.map_y, enlarged.width, enlarged.height}, frame);
  if (bar > 0) draw_scale_bar(page, map, style);
  return page;
}

void Page::pixel(std::int64_t row, std::int64_t column, Colour colour) {
  canvas.fill({map_x + column * factor, map_y + row * factor, factor, factor}, colour);
}

}  // namespace whiteline::maps
