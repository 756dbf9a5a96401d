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

void SpectraMean::add(const HostView& spectra) {
  sum_.counts.resize(std::size_t(spectra.cols), 0.0);
  spectrum_.resize(sum_.counts.size());
  for (std::int64_t row = 0; row < spectra.rows; ++row) {
    to_floats(spectra, row, spectrum_);
    if (!std::all_of(spectrum_.begin(), spectrum_.end(), [](float v) { return std::isfinite(v); }))
      continue;
    ++sum_.spectra_used;
    for (std::size_t c = 0; c < spectrum_.size(); ++c) sum_.counts[c] += spectrum_[c];
  }
}

MeanSpectrum SpectraMean::mean() const {
  MeanSpectrum mean = sum_;
  for (double& value : mean.counts)
    value = mean.spectra_used > 0 ? value / double(mean.spectra_used)
                                  : std::numeric_limits<double>::quiet_NaN();
  return mean;
}

MeanSpectrum mean_spectrum(const SpectrumReader& reader, std::uint64_t memory,
                           const Progress& progress) {
  const std::int64_t pixels = reader.description().pixels();
  SpectraMean mean;
  for_each_tile(reader, {0, pixels, reader.tile_pixels(memory)}, [&](const SpectrumTile& tile) {
    mean.add(tile.spectra);
    report(progress, "mean", std::uint64_t(tile.first + tile.spectra.rows), std::uint64_t(pixels));
  });
  return mean.mean();
}

}  // namespace whiteline::cli
