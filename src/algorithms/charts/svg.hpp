// Writing SVG 1.1: numbers, text and the few shapes that charts are made of.
#pragma once

#include <whiteline/maps.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace whiteline::charts {

struct Point {
  double x, y;
};
struct Box {
  double x, y, width, height;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

enum class Anchor { start, middle, end };
struct TextStyle {
  Anchor anchor = Anchor::start;
  double size = 12.0;
  Colour colour{32, 33, 36};
  bool bold = false, upwards = false;  // upwards: turned by 90 degrees, read from below
};

struct Stroke {
  Colour colour;
  double width = 1.0;
  std::string dashes = {};  // SVG's stroke-dasharray; empty: a full line
};

WHITELINE_EXPORT std::string number(double value);  // at most 2 decimals
WHITELINE_EXPORT std::string escaped(std::string_view text);
std::string hex(Colour colour);  // "#d55e00"

// About as wide as the text comes out in a common sans-serif font.
WHITELINE_EXPORT double text_width(std::string_view text, double size);

class Svg {
 public:
  void rectangle(const Box& box, Colour fill);  // without seams to its neighbours
  void outline(const Box& box, const Stroke& stroke);
  void line(Point a, Point b, const Stroke& stroke);
  void polyline(const std::vector<Point>& points, const Stroke& stroke);
  void polygon(const std::vector<Point>& points, Colour fill, double opacity);
  // Discs of one colour, as one path: a few bytes a point.
  void discs(const std::vector<Point>& points, double diameter, Colour colour, double opacity);
  void text(Point where, std::string_view text, const TextStyle& style = {});
  // What is drawn until the end of the clip is visible inside `box` only.
  void begin_clip(const Box& box);
  void end_clip();

  void begin_shift(Point by);
  void end_shift();

  // The document, with a title for screen readers.
  std::string document(double width, double height, std::string_view title) &&;

 private:
  std::string body_;
};

}  // namespace whiteline::charts
