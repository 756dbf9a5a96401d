#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <whiteline/synth.hpp>
#include "algorithms/synth/background.hpp"
#include "algorithms/synth/recipes.hpp"
#include "algorithms/synth/spectrum_writer.hpp"

namespace whiteline {
namespace {

using namespace synth;

constexpr double most_counts = 4e9;  // numbers in a set, 16 GB

std::vector<std::int64_t> class_sizes(const SetLayout& layout, double scale) {
  std::vector<std::int64_t> sizes;
  for (const ClassLayout& one : layout.classes)
    sizes.push_back(
        std::max(std::int64_t(2), std::int64_t(std::llround(scale * double(one.count)))));
  return sizes;
}

void check(const SetLayout& layout, const SynthParams& params) {
  require(std::isfinite(params.scale) && params.scale > 0.0,
          "cannot generate the set (scale is not a number > 0) give the part of the full set, "
          "for example 0.1");
  double counts = 0.0;
  for (const ClassLayout& one : layout.classes)
    counts += params.scale * double(one.count) * double(one.window.size());
  require(counts <= most_counts,
          "cannot generate the set (more than 4e9 numbers) choose a smaller scale");
  check_spike_rate(params.spike_rate);
  require(params.threads >= 0, "cannot generate the set (threads < 0) use 0 for all cores");
}

TruthTable& table(Dataset& set, const char* name, std::int64_t columns) {
  TruthTable& truth = set.truth[name];
  truth.columns = columns;
  truth.values.resize(std::size_t(set.rows * columns));
  return truth;
}

Dataset empty_set(const SetLayout& layout, const SynthParams& params) {
  Dataset set;
  const std::vector<std::int64_t> sizes = class_sizes(layout, params.scale);
  for (std::size_t c = 0; c < sizes.size(); ++c) {
    set.class_names.emplace_back(layout.classes[c].name);
    set.labels.insert(set.labels.end(), std::size_t(sizes[c]), std::int32_t(c));
  }
  set.rows = std::int64_t(set.labels.size());
  set.channels = layout.classes.front().window.size();
  set.counts.resize(std::size_t(set.rows * set.channels));
  const EnergyAxis first = layout.classes.front().whole.cut(layout.classes.front().window);
  if (std::ranges::all_of(layout.classes, [&](const ClassLayout& one) {
        return one.whole.cut(one.window).matches(first);
      }))
    set.energy = first;
  set.metadata = nlohmann::json{{"generator",
                                 {{"set", layout.name},
                                  {"difficulty", difficulty_name(params.difficulty)},
                                  {"scale", params.scale},
                                  {"seed", params.seed},
                                  {"spike_rate", params.spike_rate},
                                  {"background_removed", layout.remove_background}}}}
                     .dump();
  return set;
}

}  // namespace

Dataset synth_dataset(SynthSet which, const SynthParams& params) {
  const SetLayout layout = set_layout(which);
  check(layout, params);
  Dataset set = empty_set(layout, params);
  const auto classes = std::int64_t(layout.classes.size());
  TruthTable &fraction = table(set, "phase_fraction", classes), &shift = table(set, "shift", 1),
             &thickness = table(set, "thickness", 1), &dose = table(set, "dose", 1);
  std::vector<SpectrumWriter> writers;
  for (const ClassLayout& one : layout.classes)
    writers.emplace_back(layout.edges, one.whole, one.window, one.reference_energy,
                         params.spike_rate);
  const std::vector<std::int64_t> sizes = class_sizes(layout, params.scale);
  std::vector<std::int64_t> first_row(sizes.size(), 0);
  for (std::size_t c = 1; c < sizes.size(); ++c) first_row[c] = first_row[c - 1] + sizes[c - 1];

  const auto write_row = [&](std::int64_t row, SpectrumWriter::Scratch& scratch) {
    const auto c = std::size_t(set.labels[std::size_t(row)]);
    const StreamKey key{params.seed, layout.model, std::uint32_t(c),
                        std::uint32_t(row - first_row[c])};
    const SetSpectrum spectrum =
        draw_spectrum(which, params.difficulty, int(c), Draws(key, Use::recipe));
    const std::span<float> counts(set.counts.data() + row * set.channels,
                                  std::size_t(set.channels));
    dose.values[std::size_t(row)] = writers[c].write(key, spectrum.recipe, scratch, counts);
    if (layout.remove_background) {
      const ClassLayout& one = layout.classes[c];
      remove_background(one.whole.cut(one.window), one.fit_begin, one.fit_end, counts);
    }
    std::copy_n(spectrum.phase_fraction.begin(), classes, fraction.values.begin() + row * classes);
    shift.values[std::size_t(row)] = spectrum.recipe.shift;
    thickness.values[std::size_t(row)] = spectrum.recipe.thickness;
  };
  write_spectra(set.rows, params.threads, params.progress, write_row);
  return set;
}

SynthSet synth_set(std::string_view name) {
  for (const SynthSet set :
       {SynthSet::w, SynthSet::l, SynthSet::k, SynthSet::wl, SynthSet::mf, SynthSet::mn})
    if (set_layout(set).name == name) return set;
  throw InvalidArgument("unknown set of spectra (" + std::string(name) +
                        ") use w, l, k, wl, mf or mn");
}

}  // namespace whiteline
