// From recipes to noisy counts, many spectra at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <whiteline/progress.hpp>
#include <whiteline/spectra.hpp>
#include <whiteline/synth.hpp>
#include "algorithms/synth/detector.hpp"
#include "algorithms/synth/renderer.hpp"

namespace whiteline::synth {

// What is known of a spectrum once it is written.
struct Written {
  double dose;          // counts at the edges' maximum, see Renderer
  std::int64_t spikes;  // hits on the whole axis
};

// The channels `window` of spectra on the axis `whole`: the same counts as the whole spectrum has.
class WHITELINE_EXPORT SpectrumWriter {
 public:
  // Buffers of one thread.
  struct Scratch {
    Renderer::Scratch renderer;
    std::vector<double> expected;
  };

  SpectrumWriter(std::span<const Edge> edges, const EnergyAxis& whole, ChannelRange window,
                 double reference_energy, double spike_rate);

  // counts: one a channel of the window.
  Written write(const StreamKey& key, const SpectrumRecipe& recipe, Scratch& scratch,
                std::span<float> counts) const;

 private:
  EnergyAxis whole_;
  ChannelRange window_;
  double spike_rate_;
  Renderer renderer_;
};

// Rows of a new table `name`, zeros.
std::vector<double>& add_truth(std::map<std::string, TruthTable>& truth, const std::string& name,
                               std::int64_t rows, std::int64_t columns);

// "shift", "thickness", "dose" and, where there are any, "spikes".
class TruthTables {
 public:
  TruthTables(std::map<std::string, TruthTable>& truth, std::int64_t rows, double spike_rate);
  void set(std::int64_t row, const SpectrumRecipe& recipe, const Written& written);

 private:
  std::vector<double>&shift_, &thickness_, &dose_;
  std::vector<double>* spikes_;  // null when there are none
};

// Calls write_row(row, scratch) for each row, on `threads` threads, reporting "generate" between
// batches. The rows' results must not depend on each other.
using WriteRow = std::function<void(std::int64_t row, SpectrumWriter::Scratch& scratch)>;
void write_spectra(std::int64_t rows, int threads, const Progress& progress,
                   const WriteRow& write_row);

void check_spike_rate(double spike_rate);  // throws InvalidArgument outside [0, 1000]
std::string_view difficulty_name(Difficulty difficulty);

}  // namespace whiteline::synth
