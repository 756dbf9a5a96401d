#include "algorithms/maps/colours.hpp"
#include "algorithms/maps/layout.hpp"

namespace whiteline::maps {

namespace {

constexpr std::int64_t longest_name = 22;  // letters

// Widths in letters, of the name and of each column of numbers.
struct Columns {
  std::int64_t name = 0;
  std::vector<std::int64_t> numbers;

  explicit Columns(const std::vector<LegendLine>& lines) {
    for (const LegendLine& line : lines) {
      const auto letters = std::int64_t(shortened(glyphs(line.name), longest_name).size());
      name = std::max(name, letters);
      if (numbers.size() < line.numbers.size()) numbers.resize(line.numbers.size(), 0);
      for (std::size_t i = 0; i < line.numbers.size(); ++i)
        numbers[i] = std::max(numbers[i], std::int64_t(glyphs(line.numbers[i]).size()));
    }
  }
};

std::int64_t swatch_size(const Measures& m) { return glyph_height * m.dot; }

}  // namespace

Rectangle Legend::size(const Measures& m) const {
  if (lines.empty()) return {0, 0, 0, 0};
  const Columns columns(lines);
  std::int64_t width = swatch_size(m) + m.gap() + text_width(columns.name, m.dot);
  for (const std::int64_t letters : columns.numbers)
    width += 2 * m.gap() + text_width(letters, m.dot);
  return {0, 0, width, std::int64_t(lines.size()) * m.line() - 3 * m.dot};
}

void Legend::draw(Canvas& canvas, const Measures& m, std::int64_t x, std::int64_t y) const {
  const Columns columns(lines);
  const std::int64_t swatch = swatch_size(m);
  for (const LegendLine& line : lines) {
    const Colour colour = line.swatch ? ink : faint_ink;
    if (line.swatch) {
      canvas.outline({x, y, swatch, swatch}, frame);
      canvas.fill({x, y, swatch, swatch}, line.colour);
    }
    std::int64_t right = x + swatch + m.gap();
    canvas.text(right, y, shortened(glyphs(line.name), longest_name), m.dot, colour);
    right += text_width(columns.name, m.dot);
    for (std::size_t i = 0; i < line.numbers.size(); ++i) {
      const std::vector<Glyph> number = glyphs(line.numbers[i]);
      right += 2 * m.gap() + text_width(columns.numbers[i], m.dot);
      canvas.text(right - text_width(std::int64_t(number.size()), m.dot), y, number, m.dot, colour);
    }
    y += m.line();
  }
}

}  // namespace whiteline::maps
