// Shapes of the edges that spectra are made of: numbers fitted to measured references by
// fit_edges.py, which names the sources, and a few parametric ones that say so.
#pragma once

#include <span>
#include <string_view>

#include <whiteline/error.hpp>

namespace whiteline::synth {

// height * exp(-4 ln 2 (E - centre)^2 / fwhm^2)
struct Peak {
  double centre, fwhm;  // eV
  double height;        // 1 / eV
};

// height * (atan(2 (E - centre) / fwhm) / pi + 1/2) * (centre / E)^decay
struct Step {
  double centre, fwhm;  // eV
  double height;        // 1 / eV
  double decay;
};

// One edge; peaks and steps together have unit area over [line_begin, line_end) eV.
struct EdgeShape {
  std::string_view name, source;
  double residual_rms;  // of the fit, the reference's maximum being 1; 0: parametric
  double line_begin, line_end;
  std::span<const Peak> peaks;
  std::span<const Step> steps;
};

// In the order of edge_table().
enum class Edge {
  mn2_set,
  mn2_ref2_mno,
  mn2_ref3_mno,
  mn3_ref2_lamno3,
  mn3_ref3_lamno3,
  mn4_ref2_srmno3,
  mn4_ref3_mno2,
  fe3,
  fe2,
  o_feo,
  o_fe3o4,
};
constexpr int edge_count = 11;

WHITELINE_EXPORT std::span<const EdgeShape> edge_table();
WHITELINE_EXPORT double intensity(const EdgeShape& edge, double energy);  // 1 / eV

}  // namespace whiteline::synth
