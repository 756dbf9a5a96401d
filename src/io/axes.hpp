// Energy axes and acquisition facts, on their way between files and SpectrumImage.
#pragma once

#include <whiteline/spectra.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/json.hpp"

namespace whiteline::io {

constexpr std::string_view truth_prefix = "truth_";  // of the names of truth tables, in any format

// The uniform axis through these energies, if they lie on one (ascending, to within 1e-2 of a
// channel: text files round).
std::optional<EnergyAxis> uniform_axis(std::span<const double> energies);

// Channel numbers, for a file that does not know energies; `metadata` then says so.
EnergyAxis channel_axis(std::int64_t size, Json& metadata);

bool is_valid(const EnergyAxis& axis);  // finite, dispersion > 0, size > 0

// eV per unit of the text ("eV", "keV", "Energy Loss (eV)", "<undefined>" and "" count as eV);
// nothing for another quantity.
std::optional<double> electron_volts(std::string_view units);

// What microscopy formats say about how a spectrum was taken; 0 where they do not.
struct Acquisition {
  std::string title;
  std::string signal_type;         // "EELS"; empty when it is none
  double beam_energy = 0.0;        // keV
  double convergence_angle = 0.0;  // mrad
  double collection_angle = 0.0;   // mrad
};

// HyperSpy's tree.
Json metadata_tree(const Acquisition& facts);
Acquisition acquisition(const Json& metadata);

}  // namespace whiteline::io
