// Sizes, axes and windows of the sets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <whiteline/spectra.hpp>
#include <whiteline/synth.hpp>
#include "algorithms/synth/edge_table.hpp"

namespace whiteline::synth {

// One class of a set.
struct ClassLayout {
  std::string_view name;
  std::int64_t count;         // spectra, at scale 1
  EnergyAxis whole;           // the axis that the random numbers and the dose belong to
  ChannelRange window;        // the channels kept of it
  double reference_energy;    // eV, where the background's level is given
  double fit_begin, fit_end;  // eV, window of the background fit where it is removed

  EnergyAxis axis() const { return whole.cut(window); }
};

struct SetLayout {
  std::string_view name;
  std::uint32_t model;  // family of random numbers: sets of one family share their spectra
  bool remove_background;
  std::vector<ClassLayout> classes;
  std::vector<Edge> edges;
};

SetLayout set_layout(SynthSet set);

EnergyAxis iron_oxide_axis();  // of set W
std::vector<Edge> iron_oxide_edges();

}  // namespace whiteline::synth
