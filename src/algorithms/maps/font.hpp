// A bitmap font of its own for the pictures: letters of 5 x 7 dots, on cells of 6 x 9.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace whiteline::maps {

constexpr std::int64_t glyph_width = 5, glyph_height = 7;     // dots
constexpr std::int64_t glyph_advance = 6, glyph_descent = 2;  // to the next letter; below the line

struct Glyph {
  const std::uint8_t* rows;  // glyph_height rows of glyph_width bits, the highest leftmost
  std::int64_t lowered;      // dots below the place of other letters
};

// One glyph a character of UTF-8 text; a question mark for what the font lacks.
std::vector<Glyph> glyphs(std::string_view text);

// At most `most` glyphs: a longer text ends in two dots.
std::vector<Glyph> shortened(std::vector<Glyph> all, std::int64_t most);

}  // namespace whiteline::maps
