#include "cli/mistakes.hpp"

#include <whiteline/charts.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::cli {

Mistakes::Mistakes(const Classifier& model) : model_(model) {
  const std::size_t classes = model.classes().size();
  for (std::size_t t = 0; t < classes; ++t)
    for (std::size_t l = 0; l < classes; ++l)
      groups_.push_back({t, l, 0, std::vector<double>(std::size_t(model.channels()), 0.0)});
}

void Mistakes::add(const Context& ctx, const Dataset& set, std::span<const std::int32_t> truth,
                   std::span<const std::int32_t> labels) {
  constexpr std::size_t tile = 1024;  // spectra
  std::vector<std::int64_t> known;
  for (std::size_t row = 0; row < truth.size(); ++row)
    if (truth[row] != no_label && labels[row] != no_label) known.push_back(std::int64_t(row));
  const std::size_t channels = std::size_t(model_.channels());
  std::vector<float> prepared;
  for (std::size_t first = 0; first < known.size(); first += tile) {
    const std::size_t count = std::min(tile, known.size() - first);
    const auto begin = known.begin() + std::ptrdiff_t(first);
    const Dataset part = set.subset({begin, begin + std::ptrdiff_t(count)});
    const PreparedSpectra ready = model_.pipeline().apply(ctx, part.spectra(), set.energy);
    energy_ = ready.energy;
    prepared.resize(count * channels);
    ready.spectra.copy_to(prepared);
    for (std::size_t row = 0; row < count; ++row) {
      const auto original = std::size_t(known[first + row]);
      Group& group = groups_[std::size_t(truth[original]) * model_.classes().size() +
                             std::size_t(labels[original])];
      ++group.spectra;
      for (std::size_t c = 0; c < channels; ++c) group.sum[c] += prepared[row * channels + c];
    }
  }
}

std::string Mistakes::chart() const {
  constexpr std::size_t most_mistakes = 4;  // more hide each other
  LineChart chart;
  chart.title = "Mean spectra as the model sees them";
  chart.x.label = energy_ ? "energy loss (eV)" : "channel";
  chart.y.label = "prepared counts";
  chart.width = 640;
  const auto add_curve = [&](const Group& group, const std::string& name, ChartSeries::Mark mark) {
    ChartSeries curve;
    curve.name = fmt::format("{} ({})", name, group.spectra);
    curve.mark = mark;
    for (std::size_t c = 0; c < group.sum.size(); ++c) {
      curve.x.push_back(energy_ ? energy_->energy(std::int64_t(c)) : double(c));
      curve.y.push_back(group.sum[c] / double(group.spectra));
    }
    chart.x.low = curve.x.front();
    if (curve.x.size() > 1) chart.x.high = curve.x.back();
    chart.series.push_back(std::move(curve));
  };
  std::vector<const Group*> mistakes;
  for (const Group& group : groups_) {
    if (group.spectra == 0) continue;
    if (group.truth != group.label)
      mistakes.push_back(&group);
    else
      add_curve(group, model_.class_names()[group.truth], ChartSeries::Mark::line);
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Group* a, const Group* b) { return a->spectra > b->spectra; });
  mistakes.resize(std::min(mistakes.size(), most_mistakes));
  for (const Group* group : mistakes)
    add_curve(*group,
              fmt::format("{} labelled {}", model_.class_names()[group->truth],
                          model_.class_names()[group->label]),
              ChartSeries::Mark::dashes);
  return svg(chart);
}

}  // namespace whiteline::cli
