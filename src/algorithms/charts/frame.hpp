// What charts with two axes share: the frame with its ticks, title and legend.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "algorithms/charts/svg.hpp"
#include "algorithms/charts/ticks.hpp"

namespace whiteline::charts {

constexpr double letter = 12.0, title_letter = 14.0;  // font sizes
constexpr Colour grid_colour{228, 229, 233}, no_value_colour{200, 201, 205};

// The class colour, darkened where it would be faint as a thin line on white paper.
Colour line_colour(std::int32_t index);

struct LegendEntry {
  std::string name;
  Stroke line;        // width 0: none
  double disc = 0.0;  // diameter of a point; 0: none
};

struct Axes {
  Scale x, y;
  std::string x_label, y_label;
};

// A frame of the given size on a page that leaves room for what stands around it; on the left, at
// least `left` pixels.
class Frame {
 public:
  Frame(Axes axes, double width, double height, const std::string& title,
        const std::vector<LegendEntry>& legend, double left = 0.0);

  Point place(double x, double y) const;
  const Box& box() const { return box_; }
  const Axes& axes() const { return axes_; }
  double page_width() const { return page_width_; }
  double page_height() const { return page_height_; }

  void draw_grid(Svg& svg) const;  // before the data
  void draw_rest(Svg& svg) const;  // after the data

 private:
  void draw_legend(Svg& svg) const;

  Axes axes_;
  std::vector<Tick> x_ticks_, y_ticks_;
  std::string title_;
  std::vector<LegendEntry> legend_;
  Box box_;
  double page_width_, page_height_;
};

// The legend entries that have a name.
std::vector<LegendEntry> named(const std::vector<LegendEntry>& entries);

}  // namespace whiteline::charts
