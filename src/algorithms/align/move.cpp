#include <fmt/format.h>
#include <whiteline/align.hpp>

#include <algorithm>
#include <cmath>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"
#include "core/upload.hpp"

namespace whiteline {

namespace {

// Spectra of the host as the device sees them: in place where it can, else a copy.
class OnDevice {
 public:
  OnDevice(const Context& ctx, const HostView& spectra)
      : view_(core::in_place(ctx.queue(), spectra)) {
    if (view_.data || spectra.rows == 0) return;
    copy_ = Matrix::from_host(ctx, spectra);
    view_ = std::as_const(copy_).view();
  }
  ConstMatrixView view() const { return view_; }

 private:
  Matrix copy_;
  ConstMatrixView view_;
};

core::PreprocessOps& ops(const Context& ctx) {
  return core::need(ctx.queue().ops().preprocess, "preprocess");
}

// All of an image but its spectra.
SpectrumImage without_counts(const SpectrumImage& image, bool with_labels) {
  SpectrumImage made;
  made.title = image.title;
  made.height = image.height;
  made.width = image.width;
  made.energy = image.energy;
  made.scale_y = image.scale_y;
  made.scale_x = image.scale_x;
  made.scale_units = image.scale_units;
  made.metadata = image.metadata;
  made.class_names = image.class_names;
  if (with_labels) {
    made.labels = image.labels;
    made.truth = image.truth;
  }
  return made;
}

// Channels that every shifted spectrum has counts for; shifts in channels.
ChannelRange common_channels(const std::vector<double>& shifts, std::int64_t channels) {
  double up = 0.0, down = 0.0;
  for (const double shift : shifts) {
    up = std::max(up, shift);
    down = std::min(down, shift);
  }
  const double size = double(channels);
  return {std::int64_t(std::ceil(std::min(up, size) - 1e-6)),
          channels + std::int64_t(std::floor(std::max(down, -size) + 1e-6))};
}

}  // namespace

SpectrumImage shift_spectra(const Context& ctx, const SpectrumImage& image,
                            const std::vector<double>& shifts, ShiftedEnds ends) {
  validate(image);
  if (std::int64_t(shifts.size()) != image.pixels())
    throw InvalidArgument(
        fmt::format("cannot shift {} spectra by {} shifts (each spectrum needs one) give as many",
                    image.pixels(), shifts.size()));
  std::vector<double> channels;
  for (const double shift : shifts) {
    if (!std::isfinite(shift))
      throw InvalidArgument(
          fmt::format("cannot shift spectrum {} (its shift is NaN or infinite) give a number of eV",
                      channels.size()));
    channels.push_back(shift / image.energy.dispersion);
  }
  const ChannelRange kept = ends == ShiftedEnds::crop ? common_channels(channels, image.energy.size)
                                                      : ChannelRange{0, image.energy.size};
  if (kept.size() < 1)
    throw InvalidArgument(
        "cannot crop the shifted spectra (no channel has counts of all of them) extend their ends");
  const OnDevice spectra(ctx, image.spectra());
  const core::Buffer<double> by(ctx, channels);
  Matrix moved(ctx, image.pixels(), image.energy.size);
  ops(ctx).shift_rows(spectra.view(), by.span(), moved.view());
  SpectrumImage made = without_counts(image, true);
  made.energy = image.energy.cut(kept);
  made.counts.resize(std::size_t(image.pixels() * kept.size()));
  if (kept.size() == image.energy.size) {
    moved.copy_to(made.counts);
    return made;
  }
  Matrix part(ctx, image.pixels(), kept.size());
  ops(ctx).standardise(std::as_const(moved).view().some_cols(kept.begin, kept.size()), {}, {}, {},
                       part.view());  // copies
  part.copy_to(made.counts);
  return made;
}

SpectrumImage rebin(const Context& ctx, const SpectrumImage& image, const RebinFactors& factors) {
  validate(image);
  const bool possible = factors.y >= 1 && factors.y <= image.height && factors.x >= 1 &&
                        factors.x <= image.width && factors.channels >= 1 &&
                        factors.channels <= image.energy.size;
  if (!possible)
    throw InvalidArgument(fmt::format(
        "cannot sum {} x {} pixels and {} channels (the image has {} x {} pixels and {} channels) "
        "use numbers from 1 to these",
        factors.y, factors.x, factors.channels, image.height, image.width, image.energy.size));
  SpectrumImage made = without_counts(image, factors.y == 1 && factors.x == 1);
  made.height /= factors.y;
  made.width /= factors.x;
  made.scale_y *= double(factors.y);
  made.scale_x *= double(factors.x);
  made.energy.offset += 0.5 * image.energy.dispersion * double(factors.channels - 1);
  made.energy.dispersion *= double(factors.channels);
  made.energy.size /= factors.channels;
  const OnDevice spectra(ctx, image.spectra());
  Matrix sums(ctx, made.pixels(), made.energy.size);
  ops(ctx).rebin(spectra.view(),
                 {image.height, image.width, factors.y, factors.x, factors.channels}, sums.view());
  made.counts.resize(std::size_t(made.pixels() * made.energy.size));
  sums.copy_to(made.counts);
  return made;
}

}  // namespace whiteline
