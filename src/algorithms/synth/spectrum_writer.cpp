#include "algorithms/synth/spectrum_writer.hpp"

#include <algorithm>

#include "core/parallel.hpp"

namespace whiteline::synth {
namespace {

// The window and what the point spread mixes into it.
ChannelRange with_margins(ChannelRange window) {
  return {window.begin - spread_radius, window.end + spread_radius};
}

}  // namespace

SpectrumWriter::SpectrumWriter(std::span<const Edge> edges, const EnergyAxis& whole,
                               ChannelRange window, double reference_energy, double spike_rate)
    : whole_(whole),
      window_(window),
      spike_rate_(spike_rate),
      renderer_(edges, whole, with_margins(window), reference_energy) {}

Written SpectrumWriter::write(const StreamKey& key, const SpectrumRecipe& recipe, Scratch& scratch,
                              std::span<float> counts) const {
  scratch.expected.resize(counts.size() + std::size_t(2 * spread_radius));
  const double dose = renderer_.render(recipe, scratch.renderer, scratch.expected);
  add_gain_noise(key, std::uint32_t(window_.begin), scratch.expected);
  spread_points(scratch.expected, counts);
  if (spike_rate_ == 0.0) return {dose, 0};
  const auto add = [&](std::int64_t channel, double spike) {
    if (channel >= window_.begin && channel < window_.end)
      counts[std::size_t(channel - window_.begin)] += float(spike);
  };
  const std::vector<Spike> spikes = draw_spikes(key, whole_.size, spike_rate_);
  for (const Spike& spike : spikes) {
    add(spike.channel, spike.counts);
    add(spike.channel + 1, spike.counts * spike.part_on_next);
  }
  return {dose, std::int64_t(spikes.size())};
}

std::vector<double>& add_truth(std::map<std::string, TruthTable>& truth, const std::string& name,
                               std::int64_t rows, std::int64_t columns) {
  TruthTable& table = truth[name];
  table.columns = columns;
  table.values.assign(std::size_t(rows * columns), 0.0);
  return table.values;
}

TruthTables::TruthTables(std::map<std::string, TruthTable>& truth, std::int64_t rows,
                         double spike_rate)
    : shift_(add_truth(truth, "shift", rows, 1)),
      thickness_(add_truth(truth, "thickness", rows, 1)),
      dose_(add_truth(truth, "dose", rows, 1)),
      spikes_(spike_rate > 0.0 ? &add_truth(truth, "spikes", rows, 1) : nullptr) {}

void TruthTables::set(std::int64_t row, const SpectrumRecipe& recipe, const Written& written) {
  const auto r = std::size_t(row);
  shift_[r] = recipe.shift;
  thickness_[r] = recipe.thickness;
  dose_[r] = written.dose;
  if (spikes_) (*spikes_)[r] = double(written.spikes);
}

void write_spectra(std::int64_t rows, int threads, const Progress& progress,
                   const WriteRow& write_row) {
  constexpr std::int64_t rows_a_chunk = 8, rows_a_batch = 128;  // a batch takes some 20 ms
  core::ThreadPool pool(threads);
  for (std::int64_t begin = 0; begin < rows; begin += rows_a_batch) {
    report(progress, "generate", std::uint64_t(begin), std::uint64_t(rows));
    const std::int64_t size = std::min(rows_a_batch, rows - begin);
    core::parallel_for(pool, size, rows_a_chunk, [&](std::int64_t first, std::int64_t last) {
      SpectrumWriter::Scratch scratch;
      for (std::int64_t row = begin + first; row < begin + last; ++row) write_row(row, scratch);
    });
  }
  report(progress, "generate", std::uint64_t(rows), std::uint64_t(rows));
}

void check_spike_rate(double spike_rate) {
  require(
      spike_rate >= 0.0 && spike_rate <= 1000.0,
      "cannot generate spectra (the spike rate is outside 0 to 1000 a spectrum) use 0 for none");
}

std::string_view difficulty_name(Difficulty difficulty) {
  return difficulty == Difficulty::clean ? "clean" : "hard";
}

}  // namespace whiteline::synth
