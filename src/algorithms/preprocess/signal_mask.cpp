#include <fmt/format.h>
#include <whiteline/preprocess.hpp>
#include <whiteline/signal.hpp>

#include <bit>
#include <cmath>
#include <limits>

#include "core/with_type.hpp"

namespace whiteline {

namespace {

constexpr double bright_share = 0.99;  // this share of the pixels is at most as bright as "bright"

[[noreturn]] void refuse(std::int64_t pixel, std::int64_t channel) {
  throw InvalidArgument(
      fmt::format("cannot find the signal of pixel {} (channel {} is NaN or infinite) repair "
                  "the image",
                  pixel, channel));
}

// The energy-slowest image's sums, in the order its counts lie in memory.
void add_planes(const SpectrumImage& image, std::span<double> sums) {
  const float* counts = image.counts.data();
  for (std::int64_t channel = 0; channel < image.energy.size; ++channel)
    for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel, ++counts) {
      if (!std::isfinite(*counts)) refuse(pixel, channel);
      sums[static_cast<std::size_t>(pixel)] += double(*counts);
    }
}

// Numbers that are ordered as the sums are.
constexpr std::uint64_t sign = std::uint64_t(1) << 63;
std::uint64_t key_of(double sum) {
  const auto bits = std::bit_cast<std::uint64_t>(sum + 0.0);  // -0 is 0
  return bits & sign ? ~bits : bits | sign;
}
double sum_of(std::uint64_t key) { return std::bit_cast<double>(key & sign ? key ^ sign : ~key); }

// The sum before which `rank` others come, found 16 bits of its key at a time.
double ranked(const std::function<void(const SumVisitor&)>& visit_all, std::int64_t rank) {
  std::uint64_t found = 0;
  std::vector<std::int64_t> counts(1 << 16);
  for (int shift = 48; shift >= 0; shift -= 16) {
    counts.assign(counts.size(), 0);
    const std::uint64_t known = shift == 48 ? 0 : ~std::uint64_t(0) << (shift + 16);
    visit_all([&](std::span<const double> sums) {
      for (const double sum : sums) {
        const std::uint64_t key = key_of(sum);
        if ((key & known) == found) ++counts[(key >> shift) & 0xFFFF];
      }
    });
    std::size_t digit = 0;
    while (digit + 1 < counts.size() && rank >= counts[digit]) rank -= counts[digit++];
    found |= std::uint64_t(digit) << shift;
  }
  return sum_of(found);
}

}  // namespace

void sums_of_counts(const HostView& spectra, std::int64_t first_pixel, std::span<double> sums) {
  require(std::int64_t(sums.size()) == spectra.rows,
          "cannot add up the counts (there is not one sum a spectrum) give as many");
  core::with_type(spectra.type, [&](auto zero) {
    const auto* row = static_cast<const decltype(zero)*>(spectra.data);
    for (std::int64_t r = 0; r < spectra.rows; ++r, row += spectra.row_stride) {
      double sum = 0.0;
      for (std::int64_t c = 0; c < spectra.cols; ++c)
        sum += double(static_cast<float>(row[c * spectra.col_stride]));
      if (!std::isfinite(sum))
        for (std::int64_t c = 0; c < spectra.cols; ++c)
          if (!std::isfinite(static_cast<float>(row[c * spectra.col_stride])))
            refuse(first_pixel + r, c);
      sums[static_cast<std::size_t>(r)] = sum;
    }
  });
}

double signal_level(const std::function<void(const SumVisitor&)>& visit_all, std::int64_t count,
                    double threshold) {
  if (!(threshold > 0.0 && threshold < 1.0))
    throw InvalidArgument(
        fmt::format("a vacuum threshold of {} is outside (0, 1) (it is a share of the bright "
                    "pixels' counts) use, for example, 0.1",
                    threshold));
  const auto rank = static_cast<std::int64_t>(std::ceil(bright_share * double(count) - 1e-9)) - 1;
  const double bright = ranked(visit_all, rank);
  return bright > 0.0 ? threshold * bright : std::numeric_limits<double>::infinity();
}

std::vector<std::uint8_t> signal_mask(const SpectrumImage& image, double threshold) {
  validate(image);
  std::vector<double> sums(static_cast<std::size_t>(image.pixels()), 0.0);
  if (image.order == SpectrumImage::Order::energy_major)
    add_planes(image, sums);
  else
    sums_of_counts(image.spectra(), 0, sums);
  const double level =
      signal_level([&](const SumVisitor& visit) { visit(sums); }, image.pixels(), threshold);
  std::vector<std::uint8_t> mask;
  mask.reserve(sums.size());
  for (const double sum : sums) mask.push_back(sum >= level ? 1 : 0);
  return mask;
}

}  // namespace whiteline
