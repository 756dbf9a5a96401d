#include "algorithms/charts/frame.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/maps/colours.hpp"

namespace whiteline::charts {

namespace {

constexpr double gap = 8.0, tick_length = 5.0, small_tick = 3.0, legend_line = 19.0,
                 legend_sample = 22.0;

double widest(const std::vector<Tick>& ticks) {
  double width = 0.0;
  for (const Tick& tick : ticks) width = std::max(width, text_width(tick.label, letter));
  return width;
}

double legend_width(const std::vector<LegendEntry>& legend) {
  double width = 0.0;
  for (const LegendEntry& entry : legend) width = std::max(width, text_width(entry.name, letter));
  return legend.empty() ? 0.0 : width + legend_sample + 3.0 * gap;
}

}  // namespace

Colour line_colour(std::int32_t index) {
  constexpr double brightest = 0.27;  // relative luminance: contrast of 3.3 to white
  maps::Light light = maps::light_of(class_colour(index));
  const double luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  if (luminance > brightest)
    for (double& part : light) part *= brightest / luminance;
  return maps::colour_of(light);
}

std::vector<LegendEntry> named(const std::vector<LegendEntry>& entries) {
  std::vector<LegendEntry> out;
  for (const LegendEntry& entry : entries)
    if (!entry.name.empty()) out.push_back(entry);
  return out;
}

Frame::Frame(Axes axes, double width, double height, const std::string& title,
             const std::vector<LegendEntry>& legend, double left)
    : axes_(std::move(axes)),
      x_ticks_(axes_.x.ticks(std::max(2, int(width / 80.0)))),
      y_ticks_(axes_.y.ticks(std::max(2, int(height / 55.0)))),
      title_(title),
      legend_(named(legend)) {
  const double label_height = letter + gap;
  left = std::max(left, 2.0 * gap + tick_length + widest(y_ticks_) +
                            (axes_.y_label.empty() ? 0.0 : label_height));
  const double top = title.empty() ? 1.5 * gap : title_letter + 3.0 * gap;
  box_ = {left, top, width, height};
  // The last number of the x axis may stand out to the right.
  const double right = std::max(legend_width(legend_), gap + widest(x_ticks_) / 2.0);
  page_width_ = std::max(box_.right() + right, 2.0 * gap + text_width(title, title_letter));
  page_height_ = box_.bottom() + tick_length + label_height + gap +
                 (axes_.x_label.empty() ? 0.0 : label_height);
  page_height_ = std::max(page_height_, top + double(legend_.size()) * legend_line + gap);
}

Point Frame::place(double x, double y) const {
  return {box_.x + axes_.x.share(x) * box_.width, box_.bottom() - axes_.y.share(y) * box_.height};
}

void Frame::draw_grid(Svg& svg) const {
  for (const Tick& tick : x_ticks_)
    if (!tick.label.empty()) {
      const double x = place(tick.value, axes_.y.low).x;
      svg.line({x, box_.y}, {x, box_.bottom()}, {grid_colour});
    }
  for (const Tick& tick : y_ticks_)
    if (!tick.label.empty()) {
      const double y = place(axes_.x.low, tick.value).y;
      svg.line({box_.x, y}, {box_.right(), y}, {grid_colour});
    }
}

void Frame::draw_rest(Svg& svg) const {
  svg.outline(box_, {maps::frame});
  for (const Tick& tick : x_ticks_) {
    const double x = place(tick.value, axes_.y.low).x;
    const double length = tick.label.empty() ? small_tick : tick_length;
    svg.line({x, box_.bottom()}, {x, box_.bottom() + length}, {maps::frame});
    svg.text({x, box_.bottom() + tick_length + letter + 1.0}, tick.label,
             {.anchor = Anchor::middle});
  }
  for (const Tick& tick : y_ticks_) {
    const double y = place(axes_.x.low, tick.value).y;
    const double length = tick.label.empty() ? small_tick : tick_length;
    svg.line({box_.x - length, y}, {box_.x, y}, {maps::frame});
    svg.text({box_.x - tick_length - 4.0, y + 0.36 * letter}, tick.label, {.anchor = Anchor::end});
  }
  svg.text({box_.x + box_.width / 2.0, box_.bottom() + tick_length + 2.0 * letter + gap},
           axes_.x_label, {.anchor = Anchor::middle});
  svg.text({gap + 0.8 * letter, box_.y + box_.height / 2.0}, axes_.y_label,
           {.anchor = Anchor::middle, .upwards = true});
  svg.text({std::max(box_.x, gap), gap + title_letter}, title_,
           {.size = title_letter, .bold = true});
  draw_legend(svg);
}

void Frame::draw_legend(Svg& svg) const {
  const double left = box_.right() + 1.5 * gap;
  double y = box_.y + legend_line / 2.0;
  for (const LegendEntry& entry : legend_) {
    if (entry.line.width > 0.0) svg.line({left, y}, {left + legend_sample, y}, entry.line);
    if (entry.disc > 0.0)
      svg.discs({{left + legend_sample / 2.0, y}}, entry.disc, entry.line.colour, 1.0);
    svg.text({left + legend_sample + gap, y + 0.36 * letter}, entry.name);
    y += legend_line;
  }
}

}  // namespace whiteline::charts
