// Removal of the power-law background from spectra on the host.
#pragma once

#include <span>
#include <vector>

#include <whiteline/spectra.hpp>
#include "formulas/background.hpp"

namespace whiteline::synth {

// Subtracts A E^-r, fitted as a line in ln counts, ln E over [begin, end) eV of the axis.
class BackgroundRemover {
 public:
  BackgroundRemover(const EnergyAxis& axis, double begin, double end);

  void remove(std::span<float> counts) const;  // one a channel of the axis

 private:
  formulas::BackgroundWindow window_;
  std::vector<double> u_;  // ln(E / E_mid) of each channel
};

}  // namespace whiteline::synth
