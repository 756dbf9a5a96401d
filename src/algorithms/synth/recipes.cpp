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
          hard ? 0.35 : 0.08,
          thickness,
          hard ? Range{0.5, 1.3} : Range{0.6, 0.8},
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

// Any mixture of the references of one valence, and in hard sets some of the next valence.
SetSpectrum draw_manganese(Difficulty difficulty, int valence, int first_column, Draws& draws) {
  constexpr std::array<std::array<Edge, 3>, 3> references = {{
      {Edge::mn2_set, Edge::mn2_ref2_mno, Edge::mn2_ref3_mno},
      {Edge::mn3_ref2_lamno3, Edge::mn3_ref3_lamno3, Edge::mn3_ref3_lamno3},
      {Edge::mn4_ref2_srmno3, Edge::mn4_ref3_mno2, Edge::mn4_ref3_mno2},
  }};
  SetSpectrum spectrum;
  const auto add = [&](int which, double fraction) {
    double part = draws.uniform(), other = draws.uniform();
    if (part > other) std::swap(part, other);
    const auto& edges = references[std::size_t(which)];
    at(spectrum.recipe.weight, edges[0]) += fraction * part;
    at(spectrum.recipe.weight, edges[1]) += fraction * (other - part);
    at(spectrum.recipe.weight, edges[2]) += fraction * (1.0 - other);
    spectrum.phase_fraction[std::size_t(first_column + which)] = fraction;
  };
  const double mixed = difficulty == Difficulty::hard ? 0.15 : 0.0;
  const double next = std::min(std::abs(mixed * draws.normal()), 0.45);
  const int neighbour = valence == 0 ? 1 : valence == 2 ? 1 : draws.uniform() < 0.5 ? 0 : 2;
  add(valence, 1.0 - next);
  if (next > 0.0) add(neighbour, next);
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

ChannelRange all_of(const EnergyAxis& axis) { return {0, axis.size}; }

constexpr EnergyAxis manganese_axis{615.0, 0.1, 700};

}  // namespace

EnergyAxis iron_oxide_axis() { return {460.0, 0.25, 1360}; }

std::vector<Edge> iron_oxide_edges() { return {Edge::fe2, Edge::fe3, Edge::o_feo, Edge::o_fe3o4}; }

EdgeWeights iron_oxide_weights(double core) {
  const double shell = 1.0 - core;
  EdgeWeights weights{};
  at(weights, Edge::fe2) = core + shell * fe_of_fe3o4 / 3.0;
  at(weights, Edge::fe3) = shell * fe_of_fe3o4 * 2.0 / 3.0;
  at(weights, Edge::o_feo) = core * o_of_feo * oxygen_strength;
  at(weights, Edge::o_fe3o4) = shell * o_of_fe3o4 * oxygen_strength;
  return weights;
}

SetLayout set_layout(SynthSet set) {
  const EnergyAxis iron = iron_oxide_axis();
  const auto iron_oxides = [&](std::string_view name, ChannelRange window) {
    return SetLayout{name,
                     0,
                     false,
                     {{"FeO", 2744, iron, window, 500.0, 485.0, 515.0},
                      {"Fe3O4", 1350, iron, window, 500.0, 485.0, 515.0}},
                     iron_oxide_edges()};
  };
  const std::vector<Edge> manganese = {
      Edge::mn2_set,         Edge::mn2_ref2_mno,    Edge::mn2_ref3_mno, Edge::mn3_ref2_lamno3,
      Edge::mn3_ref3_lamno3, Edge::mn4_ref2_srmno3, Edge::mn4_ref3_mno2};
  switch (set) {
    case SynthSet::w:
      return iron_oxides("w", all_of(iron));
    case SynthSet::l:
      return iron_oxides("l", iron.channels(600.0, 800.0));
    case SynthSet::k:
      return iron_oxides("k", iron.channels(460.0, 610.0));
    case SynthSet::wl: {
      const EnergyAxis fe{612.5, 0.25, 700};
      const auto mn = [&](std::string_view name, std::int64_t count) {
        return ClassLayout{name,  count, manganese_axis, all_of(manganese_axis),
                           630.0, 615.0, 630.0};
      };
      SetLayout layout{"wl",
                       1,
                       true,
                       {{"FeO", 2744, fe, all_of(fe), 690.0, 665.0, 695.0},
                        {"Fe3O4", 1350, fe, all_of(fe), 690.0, 665.0, 695.0},
                        mn("Mn2+", 992),
                        mn("Mn3+", 841),
                        mn("Mn4+", 1260)},
                       manganese};
      layout.edges.push_back(Edge::fe2);
      layout.edges.push_back(Edge::fe3);
      return layout;
    }
    case SynthSet::mf: {
      const EnergyAxis axis{580.0, 0.1, 2048};
      return {"mf",
              2,
              false,
              {{"Fe3O4", 1415, axis, all_of(axis), 620.0, 590.0, 620.0},
               {"MnFe2O4", 1043, axis, all_of(axis), 620.0, 590.0, 620.0}},
              {Edge::fe2, Edge::fe3, Edge::mn2_set}};
    }
    case SynthSet::mn: {
      const EnergyAxis axis{600.0, 0.1, 1000};
      const auto mn = [&](std::string_view name, std::int64_t count) {
        return ClassLayout{name, count, axis, all_of(axis), 630.0, 610.0, 634.0};
      };
      return {"mn", 3, false, {mn("Mn2+", 992), mn("Mn3+", 841), mn("Mn4+", 1260)}, manganese};
    }
  }
  throw InvalidArgument(
      "unknown set of spectra (a number outside SynthSet) use w, l, k, wl, mf or mn");
}

SetSpectrum draw_spectrum(SynthSet set, Difficulty difficulty, int class_id, Draws draws) {
  switch (set) {
    case SynthSet::wl:
      if (class_id >= 2) return draw_manganese(difficulty, class_id - 2, 2, draws);
      {
        SetSpectrum spectrum = draw_iron(difficulty, class_id, {0.03, 0.15}, draws);
        at(spectrum.recipe.weight, Edge::o_feo) = at(spectrum.recipe.weight, Edge::o_fe3o4) = 0.0;
        return spectrum;
      }
    case SynthSet::mf:
      return draw_ferrite(difficulty, class_id, draws);
    case SynthSet::mn:
      return draw_manganese(difficulty, class_id, 0, draws);
    default:
      return draw_iron(difficulty, class_id, {0.12, 0.30}, draws);
  }
}

}  // namespace whiteline::synth
