// What the spectra of each class are made of, and how they vary.
#pragma once

#include <array>

#include <whiteline/synth.hpp>
#include "algorithms/synth/draws.hpp"
#include "algorithms/synth/renderer.hpp"

namespace whiteline::synth {

constexpr int most_classes = 5;

// A spectrum of a set: its recipe, and how much of its path lies in each class's phase.
struct SetSpectrum {
  SpectrumRecipe recipe;
  std::array<double, most_classes> phase_fraction{};
};

SetSpectrum draw_spectrum(SynthSet set, Difficulty difficulty, int class_id, Draws draws);

// For a path that is `core` FeO and 1 - core Fe3O4.
EdgeWeights iron_oxide_weights(double core);

}  // namespace whiteline::synth
