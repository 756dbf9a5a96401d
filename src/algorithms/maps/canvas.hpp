// Drawing on a picture: rectangles and text. What lies outside the picture is not drawn.
#pragma once

#include <whiteline/maps.hpp>

#include <string_view>

#include "algorithms/maps/font.hpp"

namespace whiteline::maps {

struct Rectangle {
  std::int64_t x, y, width, height;
};

class Canvas {
 public:
  Canvas(std::int64_t width, std::int64_t height, Colour paper);

  void fill(const Rectangle& where, Colour colour);
  void outline(const Rectangle& inside, Colour colour);  // one pixel wide, around `inside`
  // Letters whose upper left corner is (x, y); each dot is dot x dot pixels.
  void text(std::int64_t x, std::int64_t y, const std::vector<Glyph>& glyphs, std::int64_t dot,
            Colour colour);

  Picture take() && { return std::move(picture_); }

 private:
  void glyph(std::int64_t x, std::int64_t y, const Glyph& glyph, std::int64_t dot, Colour colour);

  Picture picture_;
};

// Width in pixels of so many letters, without the space after the last.
constexpr std::int64_t text_width(std::int64_t letters, std::int64_t dot) {
  return letters > 0 ? (letters * glyph_advance - (glyph_advance - glyph_width)) * dot : 0;
}

}  // namespace whiteline::maps
