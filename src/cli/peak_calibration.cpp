#include "cli/peak_calibration.hpp"

#include <fmt/format.h>

#include <vector>

namespace whiteline::cli {

namespace {

// Where the parabola through three equally spaced values has its top: -0.5 .. 0.5 channels.
double parabola_top(double before, double middle, double after) {
  const double curvature = before - 2.0 * middle + after;
  return curvature < 0.0 ? 0.5 * (before - after) / curvature : 0.0;
}

std::vector<float> without_background(const Context& ctx, const std::vector<double>& mean,
                                      const EnergyAxis& axis, double low, double high) {
  std::vector<float> spectrum(mean.begin(), mean.end());
  const Pipeline pipeline({Background{Background::Method::log_least_squares, low, high}}, axis,
                          axis.size);
  pipeline.apply(ctx, HostView(spectrum.data(), 1, axis.size), axis).spectra.copy_to(spectrum);
  return spectrum;
}

}  // namespace

PeakCalibration find_peak(const Context& ctx, const MeanSpectrum& mean, const EnergyAxis& axis,
                          const PeakChoice& choice, double background_width) {
  const Range window = in_energy(choice.window, axis);
  const ChannelRange range = axis.channels(window.low, window.high);
  if (mean.spectra_used == 0)
    throw InvalidArgument(
        "cannot calibrate by a peak (every spectrum holds NaN or infinity) mend the file");
  std::vector<float> spectrum(mean.counts.begin(), mean.counts.end());
  if (background_width > 0.0)
    spectrum =
        without_background(ctx, mean.counts, axis, window.low - background_width, window.low);
  std::int64_t top = range.begin;
  for (std::int64_t c = range.begin; c < range.end; ++c)
    if (spectrum[std::size_t(c)] > spectrum[std::size_t(top)]) top = c;
  if (top == range.begin || top == range.end - 1)
    throw InvalidArgument(
        fmt::format("cannot calibrate by a peak in {}:{} eV (the mean spectrum is highest at the "
                    "window's end, {:.6g} eV) choose a window around the peak",
                    window.low, window.high, axis.energy(top)));
  const auto at = std::size_t(top);
  PeakCalibration found;
  found.found_at = axis.energy(top) +
                   axis.dispersion * parabola_top(spectrum[at - 1], spectrum[at], spectrum[at + 1]);
  found.shift = choice.energy - found.found_at;
  return found;
}

double background_width(const Pipeline& pipeline) {
  for (const PreparationStep& step : pipeline.steps())
    if (const auto* background = std::get_if<Background>(&step))
      return background->high - background->low;
  return 0.0;
}

}  // namespace whiteline::cli
