// Generated spectra with known truth: white lines and edges as sums of peaks and steps fitted to
// measured references, mixed, broadened, shifted, on a power-law background, with detector noise.
// Fe2+ and the O K edges are parametric: no open measurement exists. Magnetite is a third Fe2+ and
// two thirds Fe3+ by area. Sources: src/algorithms/synth/fit_edges.py.
#pragma once

#include <cstdint>
#include <string_view>

#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>

namespace whiteline {

// The sets of del-Pozo-Bueno et al., Ultramicroscopy 253 (2023) 113828, by size and window.
enum class SynthSet {
  w,   // 4094 = 2744 FeO + 1350 Fe3O4, O K and Fe L2,3: 460-800 eV, 0.25 eV, 1360 channels
  l,   // the same spectra, Fe L2,3 only: 600-800 eV, 800 channels
  k,   // the same spectra, O K only: 460-610 eV, 600 channels
  wl,  // 7187 of 5 classes, FeO, Fe3O4 (612.5-787.5 eV), Mn2+, Mn3+, Mn4+ (615-685 eV), 700
       // channels; rows have different axes, so the background is removed here
  mf,  // 2458 = 1415 magnetite core + 1043 Mn-ferrite shell, 580-784.7 eV, 0.1 eV, 2048 channels
  mn,  // Mn2+, Mn3+, Mn4+ alone on one axis: 600-700 eV, 0.1 eV, 1000 channels, raw counts
};

enum class Difficulty {
  clean,  // high dose, pure phases, small shifts
  hard,   // low dose, core/shell mixing, wider shifts
};

struct SynthParams {
  Difficulty difficulty = Difficulty::clean;
  double scale = 1.0;  // of the number of spectra a class, > 0; each class keeps at least 2
  std::uint64_t seed = 1;
  double spike_rate = 0.0;  // X-ray spikes a spectrum, on average
  int threads = 0;          // 0: all cores; the result does not depend on it
  Progress progress = {};
};

// Raw counts (wl: background removed), class after class. The spectra of a class are the same
// whatever `scale` is: a smaller set is the beginning of a larger one. Truth tables:
// "phase_fraction" (one column a class, sum 1), "shift" (eV), "thickness" (t / lambda), "dose"
// (expected counts of the edges at their maximum) and, with spikes, "spikes" (how many).
WHITELINE_EXPORT Dataset synth_dataset(SynthSet set, const SynthParams& params = {});

// A core/shell nanocube in vacuum: FeO core, Fe3O4 shell, seen along a tilted axis.
struct SynthCubeParams {
  std::int64_t height = 64, width = 64;  // pixels
  double pixel_nm = 0.6;                 // edge of a pixel
  double edge_nm = 24.0;                 // of the cube
  double shell_nm = 3.0;                 // thickness of the shell, 0 to < edge / 2
  double tilt_x_deg = 12.0, tilt_y_deg = -8.0, rotation_deg = 25.0;  // of the cube to the beam
  Difficulty difficulty = Difficulty::hard;
  std::uint64_t seed = 1;
  double spike_rate = 0.0;
  int threads = 0;  // 0: all cores; the result does not depend on it
  Progress progress = {};
};

// Set W's axis and edges, raw counts, the same dose at each pixel. labels: the phase that the
// greater part of the path through the particle lies in, 0 FeO or 1 Fe3O4; no_label in vacuum,
// where the path is shorter than a tenth of the cube's edge. truth: "core_nm" and "shell_nm"
// (path lengths, mean over the pixel), "phase_fraction" (both 0 beside the particle), "shift",
// "thickness", "dose" and, with spikes, "spikes".
WHITELINE_EXPORT SpectrumImage synth_cube(const SynthCubeParams& params = {});

WHITELINE_EXPORT SynthSet synth_set(std::string_view name);  // "w" ...; throws InvalidArgument

}  // namespace whiteline
