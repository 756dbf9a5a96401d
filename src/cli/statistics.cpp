#include "cli/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace whiteline::cli {

namespace {

// visit(pixel, channel, counts) in the order the counts lie in memory.
template <class Visit>
void in_storage_order(const SpectrumImage& image, Visit&& visit) {
  const std::int64_t pixels = image.pixels(), channels = image.energy.size;
  const float* counts = image.counts.data();
  if (image.order == SpectrumImage::Order::energy_major) {
    for (std::int64_t channel = 0; channel < channels; ++channel)
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel) visit(pixel, channel, *counts++);
  } else {
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
      for (std::int64_t channel = 0; channel < channels; ++channel)
        visit(pixel, channel, *counts++);
  }
}

}  // namespace

Statistics statistics(const SpectrumImage& image) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  Statistics result;
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  std::vector<char> finite(std::size_t(image.pixels()), 1);
  in_storage_order(image, [&](std::int64_t pixel, std::int64_t, float value) {
    if (std::isfinite(value)) {
      lowest = std::fmin(lowest, value);
      highest = std::fmax(highest, value);
    } else {
      ++result.not_finite;
      finite[std::size_t(pixel)] = 0;
    }
  });
  for (const char usable : finite) result.spectra_used += usable;
  result.mean.assign(std::size_t(image.energy.size), 0.0);
  in_storage_order(image, [&](std::int64_t pixel, std::int64_t channel, float value) {
    if (finite[std::size_t(pixel)]) result.mean[std::size_t(channel)] += value;
  });
  for (double& value : result.mean)
    value = result.spectra_used > 0 ? value / double(result.spectra_used) : none;
  result.lowest = lowest <= highest ? lowest : none;
  result.highest = lowest <= highest ? highest : none;
  return result;
}

MeanSpectrum mean_spectrum(const SpectrumReader& reader, std::uint64_t memory,
                           const Progress& progress) {
  const SpectrumImage& image = reader.description();
  const std::int64_t pixels = image.pixels(), channels = image.energy.size;
  MeanSpectrum mean{0, std::vector<double>(std::size_t(channels), 0.0)};
  std::vector<float> spectrum(std::size_t(channels), 0.0f);
  for_each_tile(reader, {0, pixels, reader.tile_pixels(memory)}, [&](const SpectrumTile& tile) {
    for (std::int64_t row = 0; row < tile.spectra.rows; ++row) {
      to_floats(tile.spectra, row, spectrum);
      if (!std::all_of(spectrum.begin(), spectrum.end(), [](float v) { return std::isfinite(v); }))
        continue;
      ++mean.spectra_used;
      for (std::size_t c = 0; c < spectrum.size(); ++c) mean.counts[c] += spectrum[c];
    }
    report(progress, "mean", std::uint64_t(tile.first + tile.spectra.rows), std::uint64_t(pixels));
  });
  for (double& value : mean.counts)
    value = mean.spectra_used > 0 ? value / double(mean.spectra_used)
                                  : std::numeric_limits<double>::quiet_NaN();
  return mean;
}

}  // namespace whiteline::cli
