#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <whiteline/synth.hpp>
#include "algorithms/synth/background.hpp"
#include "algorithms/synth/layouts.hpp"
#include "algorithms/synth/recipes.hpp"
#include "algorithms/synth/spectrum_writer.hpp"

namespace whiteline {
namespace {

using namespace synth;

constexpr double most_set_counts = 4e9;  // numbers in a set, 16 GB

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
  require(counts <= most_set_counts,
          "cannot generate the set (more than 4e9 numbers) choose a smaller scale");
  check_spike_rate(params.spike_rate);
  require(params.threads >= 0, "cannot generate the set (threads < 0) use 0 for all cores");
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
  const EnergyAxis axis = layout.classes.front().axis();
  if (std::ranges::all_of(layout.classes,
                          [&](const ClassLayout& one) { return one.axis().matches(axis); }))
    set.energy = axis;
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

// Fills the rows of one set.
class SetGenerator {
 public:
  SetGenerator(SynthSet which, const SynthParams& params, const SetLayout& layout, Dataset& set)
      : which_(which),
        params_(params),
        layout_(layout),
        set_(set),
        classes_(std::int64_t(layout.classes.size())),
        phase_fraction_(add_truth(set.truth, "phase_fraction", set.rows, classes_)),
        truth_(set.truth, set.rows, params.spike_rate) {
    for (std::size_t c = 0; c < layout.classes.size(); ++c) {
      const ClassLayout& one = layout.classes[c];
      first_row_.push_back(std::ranges::find(set.labels, std::int32_t(c)) - set.labels.begin());
      if (c == 0 || !one.axis().matches(layout.classes[c - 1].axis()))
        writers_.emplace_back(layout.edges, one.whole, one.window, one.reference_energy,
                              params.spike_rate);
      if (layout.remove_background) removers_.emplace_back(one.axis(), one.fit_begin, one.fit_end);
      writer_of_class_.push_back(writers_.size() - 1);
    }
  }

  void write_row(std::int64_t row, SpectrumWriter::Scratch& scratch) {
    const auto c = std::size_t(set_.labels[std::size_t(row)]);
    const StreamKey key{params_.seed, layout_.model, std::uint32_t(c),
                        std::uint32_t(row - first_row_[c])};
    const SetSpectrum spectrum =
        draw_spectrum(which_, params_.difficulty, int(c), Draws(key, Use::recipe));
    const std::span<float> counts(set_.counts.data() + row * set_.channels,
                                  std::size_t(set_.channels));
    const Written written =
        writers_[writer_of_class_[c]].write(key, spectrum.recipe, scratch, counts);
    truth_.set(row, spectrum.recipe, written);
    std::copy_n(spectrum.phase_fraction.begin(), classes_,
                phase_fraction_.begin() + row * classes_);
    if (layout_.remove_background) removers_[c].remove(counts);
  }

 private:
  SynthSet which_;
  const SynthParams& params_;
  const SetLayout& layout_;
  Dataset& set_;
  std::int64_t classes_;
  std::vector<double>& phase_fraction_;
  TruthTables truth_;
  std::vector<SpectrumWriter> writers_;  // one an axis
  std::vector<std::size_t> writer_of_class_;
  std::vector<BackgroundRemover> removers_;  // one a class, where the background is removed
  std::vector<std::int64_t> first_row_;      // of each class
};

}  // namespace

Dataset synth_dataset(SynthSet which, const SynthParams& params) {
  const SetLayout layout = set_layout(which);
  check(layout, params);
  Dataset set = empty_set(layout, params);
  SetGenerator generator(which, params, layout, set);
  write_spectra(set.rows, params.threads, params.progress,
                [&](std::int64_t row, SpectrumWriter::Scratch& scratch) {
                  generator.write_row(row, scratch);
                });
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
