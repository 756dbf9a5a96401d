// What the spectra of each set and class are made of, and how they vary.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/synth.hpp>
#include "algorithms/synth/draws.hpp"
#include "algorithms/synth/renderer.hpp"

namespace whiteline::synth {

constexpr int most_classes = 5;

// One class of a set.
struct ClassLayout {
  std::string_view name;
  std::int64_t count;         // spectra, at scale 1
  EnergyAxis whole;           // the axis that the random numbers and the dose belong to
  ChannelRange window;        // the channels kept of it
  double reference_energy;    // eV, where the background's level is given
  double fit_begin, fit_end;  // eV, window of the background fit where it is removed
};

struct SetLayout {
  std::string_view name;
  std::uint32_t model;  // family of random numbers: sets of one family share their spectra
  bool remove_background;
  std::vector<ClassLayout> classes;
  std::vector<Edge> edges;
};

SetLayout set_layout(SynthSet set);

// A spectrum of a set: its recipe, and how much of its path lies in each class's phase.
struct SetSpectrum {
  SpectrumRecipe recipe;
  std::array<double, most_classes> phase_fraction{};
};

SetSpectrum draw_spectrum(SynthSet set, Difficulty difficulty, int class_id, Draws draws);

// Weights for a path that is `core` FeO and 1 - core Fe3O4.
EdgeWeights iron_oxide_weights(double core);

// The axis of set W.
EnergyAxis iron_oxide_axis();
std::vector<Edge> iron_oxide_edges();

}  // namespace whiteline::synth
