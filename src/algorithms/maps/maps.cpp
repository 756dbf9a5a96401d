#include <fmt/format.h>
#include <whiteline/maps.hpp>
#include <whiteline/spectra.hpp>

#include <cmath>

#include "algorithms/maps/colours.hpp"
#include "algorithms/maps/layout.hpp"

namespace whiteline {

using maps::Legend;
using maps::Light;
using maps::MapSize;
using maps::Measures;
using maps::Page;
using maps::Rectangle;

namespace {

void check_count(std::size_t values, MapSize map, std::size_t each) {
  const auto wanted = static_cast<std::size_t>(map.height * map.width) * each;
  if (values != wanted)
    throw InvalidArgument(
        fmt::format("{} values do not fill a map of {} x {} pixels ({} are needed) correct the "
                    "sizes",
                    values, map.height, map.width, wanted));
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

Colour label_colour(std::int32_t label, const MapStyle& style) {
  return label >= 0 && label == style.grey_label ? maps::undecided : class_colour(label);
}

Legend label_legend(std::span<const std::int32_t> labels,
                    const std::vector<std::string>& class_names, const MapStyle& style) {
  std::vector<std::int64_t> counts(class_names.size(), 0);
  std::int64_t without = 0;
  for (const std::int32_t label : labels) ++(label < 0 ? without : counts[std::size_t(label)]);
  const auto numbers = [&](std::int64_t count) {
    return std::vector{fmt::format("{}", count), percent(double(count) / double(labels.size()))};
  };
  Legend legend;
  legend.lines.push_back({false, {}, "class", {"pixels", "share"}});
  for (std::size_t c = 0; c < class_names.size(); ++c)
    legend.lines.push_back(
        {true, label_colour(std::int32_t(c), style), class_names[c], numbers(counts[c])});
  if (without > 0) legend.lines.push_back({true, maps::vacuum, "no class", numbers(without)});
  return legend;
}

// A vertical bar from 1 (top) to 0 with numbers, and a swatch for pixels without a value.
struct ColourBar {
  Measures m;
  std::int64_t height;
  Legend below;

  ColourBar(Measures measures, std::int64_t map_height, bool has_gaps)
      : m(measures), height(std::max(map_height, 6 * measures.line())) {
    if (!has_gaps) return;
    below.lines.push_back({true, maps::vacuum, "no value", {}});
    const std::int64_t taken = m.gap() + below.size(m).height;
    height = std::max(height - taken, 6 * m.line());
  }

  std::int64_t bar_width() const { return 9 * m.dot; }
  std::int64_t tick() const { return 3 * m.dot; }

  Rectangle size() const {
    const Rectangle legend = below.size(m);
    const std::int64_t width = bar_width() + 2 * tick() + maps::text_width(3, m.dot);
    return {0, 0, std::max(width, legend.width),
            height + (legend.height > 0 ? m.gap() + legend.height : 0)};
  }

  void draw(maps::Canvas& canvas, std::int64_t x, std::int64_t y) const {
    const Rectangle bar{x, y, bar_width(), height};
    for (std::int64_t i = 0; i < height; ++i)
      canvas.fill({x, y + i, bar.width, 1},
                  maps::scale_colour(1.0 - (double(i) + 0.5) / double(height)));
    canvas.outline(bar, maps::frame);
    for (int tenths = 0; tenths <= 10; tenths += 2) {
      const double value = tenths / 10.0;
      const std::int64_t at = y + std::llround((1.0 - value) * double(height - 1));
      canvas.fill({x + bar.width + 1, at, tick(), 1}, maps::ink);
      const std::int64_t letters = maps::glyph_height * m.dot;
      const std::int64_t top = std::clamp(at - letters / 2, y, y + height - letters);
      canvas.text(x + bar.width + 2 * tick(), top, maps::glyphs(fmt::format("{:.1f}", value)),
                  m.dot, maps::ink);
    }
    below.draw(canvas, m, x, y + height + m.gap());
  }
};

}  // namespace

Picture label_map(std::int64_t height, std::int64_t width, std::span<const std::int32_t> labels,
                  const std::vector<std::string>& class_names, const MapStyle& style) {
  const MapSize size{height, width};
  maps::check_size(size, style);
  check_count(labels.size(), size, 1);
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < no_label || labels[i] >= std::int64_t(class_names.size()))
      throw InvalidArgument(
          fmt::format("pixel {} has label {} (there are {} class names; -1 means no class) name "
                      "all classes",
                      i, labels[i], class_names.size()));
  const Legend legend = label_legend(labels, class_names, style);
  Page page = maps::make_page(size, style, legend.size(maps::measures_of(style)));
  for (std::int64_t i = 0; i < height * width; ++i)
    page.pixel(i / width, i % width, label_colour(labels[std::size_t(i)], style));
  legend.draw(page.canvas, page.measures, page.side_x, page.side_y);
  return std::move(page.canvas).take();
}

Picture probability_map(std::int64_t height, std::int64_t width, std::span<const float> probability,
                        const MapStyle& style) {
  const MapSize size{height, width};
  maps::check_size(size, style);
  check_count(probability.size(), size, 1);
  const bool has_gaps =
      std::any_of(probability.begin(), probability.end(), [](float p) { return std::isnan(p); });
  const ColourBar bar(maps::measures_of(style), maps::map_rectangle(size, style).height, has_gaps);
  Page page = maps::make_page(size, style, bar.size());
  for (std::int64_t i = 0; i < height * width; ++i) {
    const float p = probability[std::size_t(i)];
    page.pixel(i / width, i % width, std::isnan(p) ? maps::vacuum : maps::scale_colour(double(p)));
  }
  bar.draw(page.canvas, page.side_x, page.side_y);
  return std::move(page.canvas).take();
}

Picture composite_map(std::int64_t height, std::int64_t width, std::span<const float> probabilities,
                      const std::vector<std::string>& class_names, const MapStyle& style) {
  const MapSize size{height, width};
  const std::size_t classes = class_names.size();
  maps::check_size(size, style);
  check_count(probabilities.size(), size, classes);
  std::vector<Light> lights;
  for (std::size_t c = 0; c < classes; ++c)
    lights.push_back(maps::light_of(class_colour(std::int32_t(c))));
  std::vector<double> sums(classes, 0.0);
  std::vector<Colour> colours;
  std::int64_t without = 0;
  for (std::size_t i = 0; i < std::size_t(height * width); ++i) {
    const auto p = probabilities.subspan(i * classes, classes);
    if (classes == 0 || std::any_of(p.begin(), p.end(), [](float v) { return std::isnan(v); })) {
      colours.push_back(maps::vacuum);
      ++without;
      continue;
    }
    Light mixed{};
    for (std::size_t c = 0; c < classes; ++c) {
      sums[c] += double(p[c]);
      for (std::size_t k = 0; k < 3; ++k) mixed[k] += double(p[c]) * lights[c][k];
    }
    colours.push_back(maps::colour_of(mixed));
  }
  const auto all = double(height * width);
  Legend legend;
  legend.lines.push_back({false, {}, "class", {"mean P"}});
  for (std::size_t c = 0; c < classes; ++c)
    legend.lines.push_back(
        {true,
         class_colour(std::int32_t(c)),
         class_names[c],
         {without < height * width ? percent(sums[c] / (all - double(without))) : "-"}});
  if (without > 0) legend.lines.push_back({true, maps::vacuum, "no value", {}});
  Page page = maps::make_page(size, style, legend.size(maps::measures_of(style)));
  for (std::int64_t i = 0; i < height * width; ++i)
    page.pixel(i / width, i % width, colours[std::size_t(i)]);
  legend.draw(page.canvas, page.measures, page.side_x, page.side_y);
  return std::move(page.canvas).take();
}

}  // namespace whiteline
