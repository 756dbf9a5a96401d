// Removal of the power-law background from one spectrum on the host.
#pragma once

#include <span>

#include <whiteline/spectra.hpp>

namespace whiteline::synth {

// Subtracts A E^-r, fitted as a line in ln counts, ln E over [begin, end) eV of the axis.
void remove_background(const EnergyAxis& axis, double begin, double end, std::span<float> counts);

}  // namespace whiteline::synth
