// The page of a map: title above it, scale bar below it, legend or colour bar on its right. Nothing
// lies on the map itself.
#pragma once

#include <whiteline/maps.hpp>

#include <string>
#include <vector>

#include "algorithms/maps/canvas.hpp"

namespace whiteline::maps {

// Sizes in pixels that follow from the text's.
struct Measures {
  std::int64_t dot;  // of the letters
  std::int64_t letter() const { return glyph_advance * dot; }
  std::int64_t line() const { return (glyph_height + glyph_descent + 3) * dot; }
  std::int64_t margin() const { return 9 * dot; }
  std::int64_t gap() const { return 6 * dot; }
};
Measures measures_of(const MapStyle& style);

// One line of a legend: a swatch (or none), a name and numbers.
struct LegendLine {
  bool swatch = true;
  Colour colour{};
  std::string name;
  std::vector<std::string> numbers;  // right-aligned
};
struct Legend {
  std::vector<LegendLine> lines;
  Rectangle size(const Measures& measures) const;  // at (0, 0)
  void draw(Canvas& canvas, const Measures& measures, std::int64_t x, std::int64_t y) const;
};

struct Page {
  Canvas canvas;
  Measures measures;
  std::int64_t width;
  std::int64_t factor;                        // map pixels are factor x factor large
  std::int64_t map_x, map_y, side_x, side_y;  // upper left corners

  void pixel(std::int64_t row, std::int64_t column, Colour colour);
};

// Throws InvalidArgument for sizes that make no picture (at most 2^28 pixels). `side` is what lies
// on the right, `side.height` 0 or larger than the map's.
struct MapSize {
  std::int64_t height, width;
};
void check_size(MapSize map, const MapStyle& style);
Rectangle map_rectangle(MapSize map, const MapStyle& style);  // enlarged, at (0, 0)
Page make_page(MapSize map, const MapStyle& style, const Rectangle& side);

// The longest of 1, 2, 5, 10, 20, ... (and 0.5, ...) not above `longest` > 0.
double round_length(double longest);

}  // namespace whiteline::maps
