// Calibrating an energy axis by the position of a peak.
#pragma once

#include <whiteline/svm.hpp>

#include "cli/input.hpp"
#include "cli/statistics.hpp"

namespace whiteline::cli {

struct PeakCalibration {
  double found_at = 0.0;  // eV, on the axis before
  double shift = 0.0;     // eV, to add to the axis
};

// The highest channel of the mean spectrum in the window, refined by the parabola through it and
// its neighbours. `background_width` > 0: a power law fitted to that many eV just below the window
// is subtracted first. Throws InvalidArgument when the axis does not cover both, or when there is
// no peak in the window.
PeakCalibration find_peak(const Context& ctx, const MeanSpectrum& mean, const EnergyAxis& axis,
                          const PeakChoice& choice, double background_width);

// Width in eV of the model's background window; 0 when the model takes none away.
double background_width(const Pipeline& pipeline);

}  // namespace whiteline::cli
