#include <cmath>
#include <numbers>

#include "algorithms/synth/edge_table.hpp"

namespace whiteline::synth {

double intensity(const EdgeShape& edge, double energy) {
  double sum = 0.0;
  for (const Peak& peak : edge.peaks) {
    const double x = (energy - peak.centre) / peak.fwhm;
    sum += peak.height * std::exp(-4.0 * std::numbers::ln2 * x * x);
  }
  for (const Step& step : edge.steps) {
    const double rise = std::atan(2.0 * (energy - step.centre) / step.fwhm) / std::numbers::pi;
    sum += step.height * (rise + 0.5) * std::pow(step.centre / energy, step.decay);
  }
  return sum;
}

}  // namespace whiteline::synth
