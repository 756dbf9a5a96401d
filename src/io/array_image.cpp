#include "io/array_image.hpp"

#include <algorithm>

#include "io/axes.hpp"

namespace whiteline::io {

namespace {

using Axes = std::vector<const ArrayAxis*>;

[[noreturn]] void unsupported(const Cursor& file, const std::string& what) {
  throw Unsupported(
      fmt::format("cannot read {} ({}) convert it with HyperSpy first", file.path(), what));
}

// HyperSpy writes None in two ways.
std::string units_of(const ArrayAxis& axis) {
  for (const char* none : {"None", "_None_", "<undefined>"})
    if (axis.units == none) return {};
  return axis.units;
}

EnergyAxis energy_axis(const Cursor& file, const ArrayAxis& axis, Json& metadata) {
  const auto size = std::int64_t(axis.size);
  const std::string units = units_of(axis);
  const auto unit = electron_volts(units);
  if (!unit) unsupported(file, fmt::format("its signal axis is in {}, not in eV", units));
  if (axis.is_formula) unsupported(file, "its energies are given by a formula");
  if (!axis.values.empty()) {
    const auto uniform = uniform_axis(axis.values);
    if (!uniform || uniform->size != size)
      unsupported(file, "its energies are not ascending in even steps");
    return {uniform->offset * *unit, uniform->dispersion * *unit, size};
  }
  const bool plain = units.empty() && axis.offset == 0.0 && axis.scale == 1.0;
  if (plain) return channel_axis(size, metadata);
  const EnergyAxis energy{axis.offset * *unit, axis.scale * *unit, size};
  if (!is_valid(energy)) unsupported(file, "its energies do not ascend");
  return energy;
}

double pixel_scale(const ArrayAxis& axis) {
  if (axis.values.size() < 2) return axis.scale;
  const auto uniform = uniform_axis(axis.values);
  return uniform ? uniform->dispersion : 1.0;
}

void set_pixels(SpectrumImage& image, const Axes& axes, Json& metadata) {
  image.height = image.width = 1;
  if (axes.empty()) return;
  image.width = std::int64_t(axes.back()->size);
  image.scale_x = image.scale_y = pixel_scale(*axes.back());
  image.scale_units = units_of(*axes.back());
  if (axes.size() < 2) return;
  image.scale_y = pixel_scale(*axes[axes.size() - 2]);
  for (std::size_t d = 0; d + 1 < axes.size(); ++d) image.height *= std::int64_t(axes[d]->size);
  if (axes.size() == 2) return;
  Json shape = Json::array();
  for (const ArrayAxis* axis : axes) shape.push_back(axis->size);
  set(metadata, "Whiteline/navigation_shape", std::move(shape));
}

}  // namespace

SpectrumImage image_of_axes(const Cursor& file, const std::vector<ArrayAxis>& axes, Json metadata,
                            const std::string& title) {
  Axes pixels, signal;
  for (const ArrayAxis& axis : axes)
    (axis.navigate.value_or(&axis != &axes.back()) ? pixels : signal).push_back(&axis);
  SpectrumImage image;
  image.title = title;
  for (const ArrayAxis& axis : axes)
    if (axis.size == 0) file.fail_at(FormatError::unknown_offset, "an array is empty");
  if (signal.size() == 1) {
    const bool first = signal[0] == &axes.front() && !pixels.empty();
    if (signal[0] != &axes.back() && !first) unsupported(file, "its energy axis is in the middle");
    image.order = first ? SpectrumImage::Order::energy_major : SpectrumImage::Order::pixel_major;
    set_pixels(image, pixels, metadata);
    image.energy = energy_axis(file, *signal[0], metadata);
  } else if (signal.size() == 2 && pixels.empty()) {
    set_pixels(image, signal, metadata);
    image.energy = channel_axis(1, metadata);
  } else {
    unsupported(file, fmt::format("`{}` has {} navigation and {} signal axes", title, pixels.size(),
                                  signal.size()));
  }
  image.metadata = metadata.dump();
  return image;
}

}  // namespace whiteline::io
