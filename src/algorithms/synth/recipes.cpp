#include "algorithms/synth/recipes.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::synth {
namespace {

// Atoms per volume, the Fe atoms of FeO (49.3 per nm^3) being 1. Per atom all L2,3 edges have the
// same white-line area.
constexpr double fe_of_fe3o4 = 0.82, o_of_feo = 1.0, o_of_fe3o4 = 1.10;
constexpr double mn_of_ferrite = 0.264, fe_of_ferrite = 0.527;
constexpr double oxygen_strength = 1.7;  // O K (526-560 eV) over Fe L2,3 (703-730 eV), an atom

double& at(EdgeWeights& weights, Edge edge) { return weights[std::size_t(edge)]; }

struct Range {
  double low, high;
  double draw(Draws& draws) const { return draws.uniform(low, high); }
};

// How the spectra of a class vary.
struct Variation {
  double dose;        // median, counts at the edge's maximum for the middle thickness
  double dose_sigma;  // of its logarithm
  double shift;       // standard deviation, eV
  Range thickness, broadening, background, exponent;
};

Variation variation(Difficulty difficulty, double clean_dose, double hard_dose, Range thickness,
                    Range background) {
  const bool hard = difficulty == Difficulty::hard;
  return {hard ? hard_dose : clean_dose,
          hard ? 0.5 : 0.3,
          hard ? 0.35 : 0.12,
          thickness,
          hard ? Range{0.5, 1.3} : Range{0.5, 1.2},
          background,
          {2.7, 3.3}};
}

void vary(SpectrumRecipe& recipe, const Variation& variation, Draws& draws) {
  // A unit weight has this height (1 / eV) at its maximum, about, after broadening.
  constexpr double usual_height = 0.17;
  const double middle = 0.5 * (variation.thickness.low + variation.thickness.high);
  const double dose = draws.log_normal(variation.dose, variation.dose_sigma);
  recipe.intensity = dose / (usual_height * middle * std::exp(-middle));
  recipe.thickness = variation.thickness.draw(draws);
  recipe.broadening = variation.broadening.draw(draws);
  recipe.background = variation.background.draw(draws);
  recipe.exponent = variation.exponent.draw(draws);
  recipe.shift = variation.shift * draws.normal();
}

// Wustite cores lie in magnetite shells; magnetite carries a little reduced iron.
SetSpectrum draw_iron(Difficulty difficulty, int class_id, Range background, Draws& draws) {
  const bool hard = difficulty == Difficulty::hard, wustite = class_id == 0;
  const Range pure = wustite ? Range{1.0, 1.0} : Range{0.0, 0.0};
  const Range mixed = wustite ? Range{0.65, 1.0} : Range{0.0, 0.35};
  const double core = (hard ? mixed : pure).draw(draws);
  SetSpectrum spectrum;
  spectrum.phase_fraction = {core, 1.0 - core};
  spectrum.recipe.weight = iron_oxide_weights(core);
  const Range thickness = wustite ? Range{0.2, 0.8} : Range{0.1, 0.6};
  vary(spectrum.recipe, variation(difficulty, 3000.0, 320.0, thickness, background), draws);
  return spectrum;
}

// The references of each valence of manganese.
std::span<const Edge> references_of(int which) {
  constexpr static Edge two[] = {Edge::mn2_set, Edge::mn2_ref2_mno, Edge::mn2_ref3_mno};
  constexpr static Edge three[] = {Edge::mn3_ref2_lamno3, Edge::mn3_ref3_lamno3};
  constexpr static Edge four[] = {Edge::mn4_ref2_srmno3, Edge::mn4_ref3_mno2};
  if (which == 0) return two;
  if (which == 1) return three;
  return four;
}

// Adds a mixture of the edges, all mixtures being equally likely, of total weight `total`.
void add_mixture(EdgeWeights& weights, std::span<const Edge> edges, double total, Draws& draws) {
  std::array<double, edge_count> part{};
  double sum = 0.0;
  for (std::size_t i = 0; i < edges.size(); ++i) sum += part[i] = -std::log(draws.uniform());
  for (std::size_t i = 0; i < edges.size(); ++i) at(weights, edges[i]) += total * part[i] / sum;
}

// Any mixture of the references of one valence, and in hard sets some of a neighbouring valence.
// Classes 0, 1, 2 are Mn2+, Mn3+, Mn4+; theirs are the columns from `first_column`.
SetSpectrum draw_manganese(Difficulty difficulty, int class_id, int first_column, Draws& draws) {
  constexpr double most_mixed = 0.45;
  const double spread = difficulty == Difficulty::hard ? 0.15 : 0.0;
  const double mixed = std::min(std::abs(spread * draws.normal()), most_mixed);
  const int up_or_down = draws.uniform() < 0.5 ? 0 : 2;
  const int neighbour = class_id == 1 ? up_or_down : 1;
  SetSpectrum spectrum;
  add_mixture(spectrum.recipe.weight, references_of(class_id), 1.0 - mixed, draws);
  add_mixture(spectrum.recipe.weight, references_of(neighbour), mixed, draws);
  spectrum.phase_fraction[std::size_t(first_column + class_id)] = 1.0 - mixed;
  spectrum.phase_fraction[std::size_t(first_column + neighbour)] = mixed;
  vary(spectrum.recipe, variation(difficulty, 9000.0, 600.0, {0.2, 0.9}, {0.03, 0.15}), draws);
  return spectrum;
}

// Magnetite cores in Mn-ferrite shells (Mn2+ Fe3+ 2), seen from the side: shell spectra of little
// or no core, core spectra with shell above and below.
SetSpectrum draw_ferrite(Difficulty difficulty, int class_id, Draws& draws) {
  const bool hard = difficulty == Difficulty::hard, magnetite = class_id == 0;
  const Range mixed = magnetite ? Range{0.5, 1.0} : Range{0.0, 0.25};
  const Range pure = magnetite ? Range{1.0, 1.0} : Range{0.0, 0.0};
  const double core = (hard ? mixed : pure).draw(draws);
  SetSpectrum spectrum;
  spectrum.phase_fraction = {core, 1.0 - core};
  EdgeWeights& weights = spectrum.recipe.weight;
  at(weights, Edge::fe2) = core * fe_of_fe3o4 / 3.0;
  at(weights, Edge::fe3) = core * fe_of_fe3o4 * 2.0 / 3.0 + (1.0 - core) * fe_of_ferrite;
  at(weights, Edge::mn2_set) = (1.0 - core) * mn_of_ferrite;
  const Range thickness = magnetite ? Range{0.05, 0.11} : Range{0.02, 0.08};
  vary(spectrum.recipe, variation(difficulty, 3000.0, 150.0, thickness, {0.05, 0.15}), draws);
  return spectrum;
}

}  // namespace

EdgeWeights iron_oxide_weights(double core) {
  const double shell = 1.0 - core;
  EdgeWeights weights{};
  at(weights, Edge::fe2) = core + shell * fe_of_fe3o4 / 3.0;
  at(weights, Edge::fe3) = shell * fe_of_fe3o4 * 2.0 / 3.0;
  at(weights, Edge::o_feo) = core * o_of_feo * oxygen_strength;
  at(weights, Edge::o_fe3o4) = shell * o_of_fe3o4 * oxygen_strength;
  return weights;
}

SetSpectrum draw_spectrum(SynthSet set, Difficulty difficulty, int class_id, Draws draws) {
  if (set == SynthSet::mf) return draw_ferrite(difficulty, class_id, draws);
  if (set == SynthSet::mn) return draw_manganese(difficulty, class_id, 0, draws);
  if (set != SynthSet::wl) return draw_iron(difficulty, class_id, {0.12, 0.30}, draws);
  if (class_id >= 2) return draw_manganese(difficulty, class_id - 2, 2, draws);
  SetSpectrum spectrum = draw_iron(difficulty, class_id, {0.03, 0.15}, draws);
  at(spectrum.recipe.weight, Edge::o_feo) = at(spectrum.recipe.weight, Edge::o_fe3o4) = 0.0;
  return spectrum;
}

}  // namespace whiteline::synth
