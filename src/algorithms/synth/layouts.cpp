#include "algorithms/synth/layouts.hpp"

namespace whiteline::synth {
namespace {

ClassLayout whole_axis(std::string_view name, std::int64_t count, const EnergyAxis& axis,
                       double fit_begin, double fit_end) {
  return {name, count, axis, {0, axis.size}, fit_end, fit_begin, fit_end};
}

// W and its windows L and K.
SetLayout iron_oxides(std::string_view name, double low, double high) {
  const EnergyAxis axis = iron_oxide_axis();
  const ChannelRange window = axis.channels(low, high);
  return {name,
          0,
          false,
          {{"FeO", 2744, axis, window, 500.0, 485.0, 515.0},
           {"Fe3O4", 1350, axis, window, 500.0, 485.0, 515.0}},
          iron_oxide_edges()};
}

std::vector<ClassLayout> manganese_classes(const EnergyAxis& axis, double begin, double end) {
  return {whole_axis("Mn2+", 992, axis, begin, end), whole_axis("Mn3+", 841, axis, begin, end),
          whole_axis("Mn4+", 1260, axis, begin, end)};
}

std::vector<Edge> manganese_edges() {
  return {Edge::mn2_set,         Edge::mn2_ref2_mno,    Edge::mn2_ref3_mno, Edge::mn3_ref2_lamno3,
          Edge::mn3_ref3_lamno3, Edge::mn4_ref2_srmno3, Edge::mn4_ref3_mno2};
}

// The axis of the Mn classes begins at 615 eV, so the papers' window of 610-630 eV does too.
SetLayout white_lines() {
  const EnergyAxis iron{612.5, 0.25, 700}, manganese{615.0, 0.1, 700};
  SetLayout layout{"wl", 1, true, manganese_classes(manganese, 615.0, 630.0), manganese_edges()};
  layout.classes.insert(layout.classes.begin(), {whole_axis("FeO", 2744, iron, 665.0, 695.0),
                                                 whole_axis("Fe3O4", 1350, iron, 665.0, 695.0)});
  layout.edges.push_back(Edge::fe2);
  layout.edges.push_back(Edge::fe3);
  return layout;
}

SetLayout ferrites() {
  const EnergyAxis axis{580.0, 0.1, 2048};
  return {"mf",
          2,
          false,
          {whole_axis("Fe3O4", 1415, axis, 590.0, 620.0),
           whole_axis("MnFe2O4", 1043, axis, 590.0, 620.0)},
          {Edge::fe2, Edge::fe3, Edge::mn2_set}};
}

}  // namespace

EnergyAxis iron_oxide_axis() { return {460.0, 0.25, 1360}; }

std::vector<Edge> iron_oxide_edges() { return {Edge::fe2, Edge::fe3, Edge::o_feo, Edge::o_fe3o4}; }

SetLayout set_layout(SynthSet set) {
  switch (set) {
    case SynthSet::w:
      return iron_oxides("w", 460.0, 800.0);
    case SynthSet::l:
      return iron_oxides("l", 600.0, 800.0);
    case SynthSet::k:
      return iron_oxides("k", 460.0, 610.0);
    case SynthSet::wl:
      return white_lines();
    case SynthSet::mf:
      return ferrites();
    case SynthSet::mn: {
      const EnergyAxis axis{600.0, 0.1, 1000};
      return {"mn", 3, false, manganese_classes(axis, 610.0, 634.0), manganese_edges()};
    }
  }
  throw InvalidArgument("unknown set of spectra (not a value of SynthSet) use w, l, k, wl, mf, mn");
}

}  // namespace whiteline::synth
