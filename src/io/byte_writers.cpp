#include "io/byte_writers.hpp"

#include <algorithm>

#include "io/stored.hpp"

namespace whiteline::io {

WriteBytes spectra_of(const SpectrumImage& image) {
  if (image.order == SpectrumImage::Order::pixel_major)
    return [&image](const ByteSink& sink) { sink(std::as_bytes(std::span(image.counts))); };
  return [&image](const ByteSink& sink) {
    constexpr std::int64_t strip_numbers = std::int64_t(2) << 20;
    const std::int64_t pixels = image.pixels(), channels = image.energy.size;
    const HostView spectra = image.spectra();
    const std::int64_t at_once = std::clamp<std::int64_t>(strip_numbers / channels, 1, pixels);
    std::vector<float> strip(std::size_t(at_once * channels));
    for (std::int64_t pixel = 0; pixel < pixels; pixel += at_once) {
      const std::int64_t count = std::min(at_once, pixels - pixel);
      to_rows(spectra.some_rows(pixel, count), strip.data());
      sink(std::as_bytes(std::span(strip).first(std::size_t(count * channels))));
    }
  };
}

}  // namespace whiteline::io
