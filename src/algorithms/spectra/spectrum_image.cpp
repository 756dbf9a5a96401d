#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <limits>

#include "algorithms/spectra/checks.hpp"

namespace whiteline {

HostView SpectrumImage::spectra() const {
  if (order == Order::energy_major) return {counts.data(), pixels(), energy.size, 1, pixels()};
  return {counts.data(), pixels(), energy.size};
}

float SpectrumImage::at(std::int64_t pixel, std::int64_t channel) const {
  const std::int64_t place =
      order == Order::energy_major ? channel * pixels() + pixel : pixel * energy.size + channel;
  return counts[static_cast<std::size_t>(place)];
}

void validate_but_counts(const SpectrumImage& image) {
  if (image.height < 1 || image.width < 1 ||
      image.height > std::numeric_limits<std::int64_t>::max() / image.width)
    throw InvalidArgument(
        fmt::format("a spectrum image cannot have {} x {} pixels (each side needs at least 1) "
                    "correct its size",
                    image.height, image.width));
  spectra::check_axis(image.energy);
  if (!image.labels.empty()) spectra::check_labels(image.labels, image.class_names, image.pixels());
  spectra::check_truth(image.truth, image.pixels());
}

void validate(const SpectrumImage& image) {
  validate_but_counts(image);
  spectra::check_counts(image.counts.size(), image.pixels(), image.energy.size);
}

Dataset labelled_pixels(const SpectrumImage& image) {
  validate(image);
  std::vector<std::int64_t> pixels;
  for (std::size_t i = 0; i < image.labels.size(); ++i)
    if (image.labels[i] != no_label) pixels.push_back(std::int64_t(i));
  if (pixels.empty())
    throw InvalidArgument(
        fmt::format("no pixel of `{}` is labelled (a label map of -1 only, or none at all) give "
                    "labels",
                    image.title));
  Dataset set;
  set.rows = std::int64_t(pixels.size());
  set.channels = image.energy.size;
  set.counts.reserve(static_cast<std::size_t>(set.rows * set.channels));
  set.labels.reserve(pixels.size());
  for (const std::int64_t pixel : pixels) {
    for (std::int64_t channel = 0; channel < set.channels; ++channel)
      set.counts.push_back(image.at(pixel, channel));
    set.labels.push_back(image.labels[static_cast<std::size_t>(pixel)]);
  }
  set.class_names = image.class_names;
  set.energy = image.energy;
  set.truth = spectra::some_truth(image.truth, pixels);
  set.metadata = image.metadata;
  return set;
}

}  // namespace whiteline
