// Bringing the spectra of an image onto one energy axis, and summing pixels and channels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <whiteline/preprocess.hpp>

namespace whiteline {

struct AlignParams {
  // peak: the highest channel in the window, refined between channels (AlignPeak: for a zero-loss
  // peak). cross_correlation: the displacement at which the window's counts, less their mean, fit
  // `reference` best, refined by a parabola: for edges and broad peaks.
  enum class Method { peak, cross_correlation } method = Method::peak;
  double low = 0.0, high = 0.0;  // eV, window; both 0: the whole spectrum
  double max_shift = 5.0;        // eV, > 0; a spectrum that would move further stays
  // Of `peak`. energy: where to put it; not given: the mean of where it is.
  std::optional<double> energy;
  AlignPeak::Refine refine = AlignPeak::Refine::parabola;
  double half_width = 1.0;  // eV, of the centroid
  // Of `cross_correlation`: one number a channel of the axis; empty: the spectra's mean.
  std::vector<float> reference;
};

// eV to add to each spectrum. Throws InvalidArgument for a window outside the axis, parameters out
// of range, and spectra that hold NaN or infinity in the window.
WHITELINE_EXPORT std::vector<double> find_shifts(const Context& ctx, const HostView& spectra,
                                                 const EnergyAxis& energy,
                                                 const AlignParams& params);

// extend: the axis stays, channels that no counts were moved to hold those of the end.
// crop: only channels that every spectrum had counts for.
enum class ShiftedEnds { extend, crop };

// Each spectrum moved by so many eV, linearly interpolated between channels; pixel_major. Shifts
// found in one image may move another one of the same pixels. Throws InvalidArgument unless there
// is one finite shift a pixel, and one channel is left.
WHITELINE_EXPORT SpectrumImage shift_spectra(const Context& ctx, const SpectrumImage& image,
                                             const std::vector<double>& shifts,
                                             ShiftedEnds ends = ShiftedEnds::extend);

// Counts of y x x pixels and `channels` channels added up; incomplete blocks at the ends are left
// out. pixel_major. Labels and truth stay where pixels do (y = x = 1).
struct RebinFactors {
  std::int64_t y = 1, x = 1, channels = 1;
};
WHITELINE_EXPORT SpectrumImage rebin(const Context& ctx, const SpectrumImage& image,
                                     const RebinFactors& factors);

}  // namespace whiteline
