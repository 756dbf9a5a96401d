#include <fmt/format.h>
#include <whiteline/align.hpp>

#include <algorithm>
#include <cmath>

#include "algorithms/align/correlation.hpp"
#include "algorithms/preprocess/upload.hpp"
#include "algorithms/spectra/checks.hpp"
#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {

namespace {

void check(const HostView& spectra, const EnergyAxis& energy, const AlignParams& params) {
  spectra::check_axis(energy);
  if (energy.size != spectra.cols)
    throw InvalidArgument(
        fmt::format("the energy axis has {} channels, the spectra have {} (they must be equal) "
                    "correct the axis",
                    energy.size, spectra.cols));
  if (!(params.max_shift > 0.0) || !std::isfinite(params.max_shift) || !(params.half_width > 0.0) ||
      !std::isfinite(params.half_width))
    throw InvalidArgument(
        fmt::format("cannot align spectra (a largest shift of {} eV, a half width of {} eV: both "
                    "are numbers above 0) correct them",
                    params.max_shift, params.half_width));
  if (!params.reference.empty() && std::int64_t(params.reference.size()) != energy.size)
    throw InvalidArgument(
        fmt::format("cannot align to a reference of {} channels (the spectra have {}) give one on "
                    "their axis",
                    params.reference.size(), energy.size));
  for (const float value : params.reference)
    if (!std::isfinite(value))
      throw InvalidArgument(
          "cannot align to a reference that holds NaN or infinity (each channel counts) repair it");
}

// In whole channels, rounded up, at most the axis.
std::int64_t channels_in(double width, const EnergyAxis& energy) {
  return std::int64_t(std::ceil(std::min(width / energy.dispersion, double(energy.size))));
}

std::vector<double> by_peak(const Context& ctx, const HostView& spectra, const EnergyAxis& energy,
                            const AlignParams& params, ChannelRange window) {
  const std::int64_t half_width = channels_in(params.half_width, energy);
  const ChannelRange read{std::max<std::int64_t>(window.begin - half_width - 1, 0),
                          std::min(window.end + half_width + 1, energy.size)};
  const Matrix counts = preprocess::upload(ctx, spectra, read);
  core::Buffer<double> place(ctx, spectra.rows);
  core::need(ctx.queue().ops().preprocess, "preprocess")
      .peaks(counts.view(),
             {params.refine == AlignPeak::Refine::parabola ? core::PeakRule::Refine::parabola
                                                           : core::PeakRule::Refine::centroid,
              window.begin - read.begin, window.end - read.begin, half_width},
             place.span());
  std::vector<double> shifts = place.to_host();
  double sum = 0.0;
  for (double& shift : shifts) {
    shift = energy.energy(read.begin) + energy.dispersion * shift;  // where the peak is
    sum += shift;
  }
  const double target =
      params.energy.value_or(sum / double(std::max<std::size_t>(shifts.size(), 1)));
  for (double& shift : shifts) shift = target - shift;
  return shifts;
}

std::vector<double> by_correlation(const Context& ctx, const HostView& spectra,
                                   const EnergyAxis& energy, const AlignParams& params,
                                   ChannelRange window) {
  const Matrix counts = preprocess::upload(ctx, spectra, window);
  std::vector<double> reference;
  if (params.reference.empty()) {
    core::Buffer<double> mean(ctx, counts.cols());
    core::need(ctx.queue().ops().reduce, "reduce").column_means(counts.view(), mean.span());
    reference = mean.to_host();
  } else {
    reference.assign(params.reference.begin() + window.begin,
                     params.reference.begin() + window.end);
  }
  const std::int64_t most = std::min(channels_in(params.max_shift, energy), window.size() - 1);
  std::vector<double> shifts = align::displacements(ctx, counts.view(), reference, most);
  for (double& shift : shifts) shift *= -energy.dispersion;
  return shifts;
}

}  // namespace

std::vector<double> find_shifts(const Context& ctx, const HostView& spectra,
                                const EnergyAxis& energy, const AlignParams& params) {
  check(spectra, energy, params);
  const bool whole = params.low == 0.0 && params.high == 0.0;
  const ChannelRange window =
      whole ? ChannelRange{0, energy.size} : energy.channels(params.low, params.high);
  if (spectra.rows == 0) return {};
  std::vector<double> shifts = params.method == AlignParams::Method::peak
                                   ? by_peak(ctx, spectra, energy, params, window)
                                   : by_correlation(ctx, spectra, energy, params, window);
  for (double& shift : shifts)
    if (!(std::abs(shift) <= params.max_shift)) shift = 0.0;
  return shifts;
}

}  // namespace whiteline
