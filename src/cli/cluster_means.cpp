#include "cli/cluster_means.hpp"

#include <fmt/format.h>
#include <whiteline/charts.hpp>

#include <cmath>
#include <utility>

#include "cli/cluster_results.hpp"
#include "cli/csv.hpp"

namespace whiteline::cli {

ClusterMeans::ClusterMeans(std::int64_t channels, const std::optional<EnergyAxis>& energy,
                           std::vector<std::string> names)
    : energy_(energy), channels_(std::size_t(channels)) {
  for (std::string& name : names)
    groups_.push_back({std::move(name), 0, std::vector<double>(channels_, 0.0),
                       std::vector<double>(channels_, 0.0)});
}

// B. P. Welford, Technometrics 4 (1962) 419.
void ClusterMeans::add(std::size_t group, std::span<const float> counts) {
  Group& own = groups_[group];
  const double weight = 1.0 / double(++own.spectra);
  for (std::size_t c = 0; c < channels_; ++c) {
    const double before = double(counts[c]) - own.mean[c];
    own.mean[c] += before * weight;
    own.squares[c] += before * (double(counts[c]) - own.mean[c]);
  }
}

double ClusterMeans::Group::deviation(std::size_t channel) const {
  return std::sqrt(squares[channel] / double(spectra));
}

double ClusterMeans::position(std::size_t channel) const {
  return energy_ ? energy_->energy(std::int64_t(channel)) : double(channel);
}

std::vector<const ClusterMeans::Group*> ClusterMeans::present() const {
  std::vector<const Group*> groups;
  for (const Group& group : groups_)
    if (group.spectra > 0) groups.push_back(&group);
  return groups;
}

std::string ClusterMeans::csv() const {
  const auto groups = present();
  std::vector<std::string> header = {energy_ ? "energy_eV" : "channel"};
  for (const Group* group : groups)
    for (const char* what : {"mean", "std"}) header.push_back(group->name + " " + what);
  std::string text = csv_line(header);
  for (std::size_t c = 0; c < channels_; ++c) {
    text += fmt::format("{:.9g}", position(c));
    for (const Group* group : groups)
      text += fmt::format(",{:.7g},{:.7g}", group->mean[c], group->deviation(c));
    text += "\n";
  }
  return text;
}

std::string ClusterMeans::chart() const {
  LineChart chart;
  chart.title = "Mean spectra, with one standard deviation";
  chart.x.label = energy_ ? "energy loss (eV)" : "channel";
  chart.y.label = "counts";
  chart.width = 640;
  for (const Group* group : present()) {
    ChartSeries curve;
    curve.name = fmt::format("{} ({})", group->name, group->spectra);
    const bool noise = group->name == noise_name;
    if (noise) curve.mark = ChartSeries::Mark::dashes;
    for (std::size_t c = 0; c < channels_; ++c) {
      curve.x.push_back(position(c));
      curve.y.push_back(group->mean[c]);
      if (noise) continue;
      curve.low.push_back(group->mean[c] - group->deviation(c));
      curve.high.push_back(group->mean[c] + group->deviation(c));
    }
    chart.series.push_back(std::move(curve));
  }
  if (!chart.series.empty() && channels_ > 1) {
    chart.x.low = position(0);
    chart.x.high = position(channels_ - 1);
  }
  return svg(chart);
}

}  // namespace whiteline::cli
