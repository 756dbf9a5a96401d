#include <fmt/format.h>
#include <whiteline/preprocess.hpp>

#include <algorithm>
#include <cmath>

namespace whiteline {

namespace {

constexpr double bright_share = 0.99;  // this share of the pixels is at most as bright as "bright"

std::vector<double> sums_of_counts(const SpectrumImage& image) {
  const HostView view = image.spectra();
  std::vector<double> sums(static_cast<std::size_t>(view.rows), 0.0);
  const bool energy_major = image.order == SpectrumImage::Order::energy_major;
  const std::int64_t outer = energy_major ? view.cols : view.rows,
                     inner = energy_major ? view.rows : view.cols;
  const float* counts = image.counts.data();
  for (std::int64_t i = 0; i < outer; ++i)  // as they lie in memory
    for (std::int64_t j = 0; j < inner; ++j, ++counts) {
      if (!std::isfinite(*counts))
        throw InvalidArgument(
            fmt::format("cannot find the signal of pixel {} (channel {} is NaN or infinite) repair "
                        "the image",
                        energy_major ? j : i, energy_major ? i : j));
      sums[static_cast<std::size_t>(energy_major ? j : i)] += double(*counts);
    }
  return sums;
}

}  // namespace

std::vector<std::uint8_t> signal_mask(const SpectrumImage& image, double threshold) {
  if (!(threshold > 0.0 && threshold < 1.0))
    throw InvalidArgument(
        fmt::format("a vacuum threshold of {} is outside (0, 1) (it is a share of the bright "
                    "pixels' counts) use, for example, 0.1",
                    threshold));
  validate(image);
  const std::vector<double> sums = sums_of_counts(image);
  std::vector<double> sorted = sums;
  const auto rank =
      static_cast<std::ptrdiff_t>(std::ceil(bright_share * double(sums.size()) - 1e-9)) - 1;
  std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
  const double bright = sorted[static_cast<std::size_t>(rank)];
  std::vector<std::uint8_t> mask;
  mask.reserve(sums.size());
  for (const double sum : sums) mask.push_back(bright > 0.0 && sum >= threshold * bright ? 1 : 0);
  return mask;
}

}  // namespace whiteline
