#include "algorithms/maps/canvas.hpp"

namespace whiteline::maps {

namespace {

bool is_set(const Glyph& glyph, std::int64_t row, std::int64_t column) {
  return row >= 0 && row < glyph_height && column >= 0 && column < glyph_width &&
         (glyph.rows[row] >> (glyph_width - 1 - column) & 1) != 0;
}

// A quarter of a dot, where `vertical` and `horizontal` are the neighbours on its side and
// `beyond_*` those on the other side: a corner between two neighbours that are alike takes their
// value, which rounds off slanted strokes.
bool quarter(bool dot, bool vertical, bool horizontal, bool beyond_vertical,
             bool beyond_horizontal) {
  const bool corner =
      vertical == horizontal && horizontal != beyond_vertical && vertical != beyond_horizontal;
  return corner ? vertical : dot;
}

}  // namespace

Canvas::Canvas(std::int64_t width, std::int64_t height, Colour paper) {
  picture_.width = width;
  picture_.height = height;
  picture_.pixels.assign(static_cast<std::size_t>(width * height), paper);
}

void Canvas::fill(const Rectangle& where, Colour colour) {
  const std::int64_t left = std::max<std::int64_t>(where.x, 0),
                     right = std::min(where.x + where.width, picture_.width),
                     top = std::max<std::int64_t>(where.y, 0),
                     bottom = std::min(where.y + where.height, picture_.height);
  for (std::int64_t y = top; y < bottom && left < right; ++y)
    std::fill_n(picture_.pixels.begin() + (y * picture_.width + left), right - left, colour);
}

void Canvas::outline(const Rectangle& inside, Colour colour) {
  fill({inside.x - 1, inside.y - 1, inside.width + 2, 1}, colour);
  fill({inside.x - 1, inside.y + inside.height, inside.width + 2, 1}, colour);
  fill({inside.x - 1, inside.y, 1, inside.height}, colour);
  fill({inside.x + inside.width, inside.y, 1, inside.height}, colour);
}

void Canvas::text(std::int64_t x, std::int64_t y, const std::vector<Glyph>& glyphs,
                  std::int64_t dot, Colour colour) {
  for (const Glyph& one : glyphs) {
    glyph(x, y, one, dot, colour);
    x += glyph_advance * dot;
  }
}

void Canvas::glyph(std::int64_t x, std::int64_t y, const Glyph& glyph, std::int64_t dot,
                   Colour colour) {
  y += glyph.lowered * dot;
  const bool rounded = dot % 2 == 0;
  const std::int64_t half = dot / 2;
  for (std::int64_t row = -1; row <= glyph_height; ++row)
    for (std::int64_t column = -1; column <= glyph_width; ++column) {
      const bool here = is_set(glyph, row, column);
      if (!rounded) {
        if (here) fill({x + column * dot, y + row * dot, dot, dot}, colour);
        continue;
      }
      const bool up = is_set(glyph, row - 1, column), down = is_set(glyph, row + 1, column),
                 left = is_set(glyph, row, column - 1), right = is_set(glyph, row, column + 1);
      const bool quarters[2][2] = {
          {quarter(here, up, left, down, right), quarter(here, up, right, down, left)},
          {quarter(here, down, left, up, right), quarter(here, down, right, up, left)}};
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j)
          if (quarters[i][j])
            fill({x + column * dot + j * half, y + row * dot + i * half, half, half}, colour);
    }
}

}  // namespace whiteline::maps
