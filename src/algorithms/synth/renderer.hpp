// Expected counts of one spectrum: edges on a power-law background, as the detector would see them
// without noise.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/spectra.hpp>
#include "algorithms/synth/template_bank.hpp"

namespace whiteline::synth {

// What one spectrum is made of.
struct SpectrumRecipe {
  EdgeWeights weight{};      // white-line area of each edge for unit path, Fe of FeO being 1
  double thickness = 0.3;    // t / lambda, the path in mean free paths
  double intensity = 0.0;    // counts per channel * eV of a unit weight along one mean free path
  double background = 0.0;   // at the reference energy, 1 / eV: counts as an edge of that height
  double exponent = 3.0;     // of the background, energy^-exponent
  double broadening = 0.7;   // FWHM, eV, beyond that of the references
  double shift = 0.0;        // eV, of the whole spectrum towards higher energies
  double dark_counts = 0.0;  // per channel, without any specimen
};

class WHITELINE_EXPORT Renderer {
 public:
  // Buffers of one thread.
  struct Scratch {
    std::vector<float> grid;
  };

  // Renders the channels `part` of the axis `whole`, which may reach up to 16 channels beyond its
  // ends; a channel's counts do not depend on the part. The background is given at
  // `reference_energy` eV.
  Renderer(std::span<const Edge> edges, const EnergyAxis& whole, ChannelRange part,
           double reference_energy);

  // counts: one a channel of `part`. Returns the dose: expected counts of the edges alone, at
  // their maximum on the whole axis.
  double render(const SpectrumRecipe& recipe, Scratch& scratch, std::span<double> counts) const;

 private:
  EnergyAxis whole_;
  ChannelRange part_;
  TemplateBank bank_;
  std::int64_t dose_begin_, dose_end_;  // on the bank's grid
  std::vector<double> log_energy_;      // of the part's channels, relative to the reference
};

}  // namespace whiteline::synth
