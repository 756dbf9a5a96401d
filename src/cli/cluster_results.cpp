#include "cli/cluster_results.hpp"

#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/maps.hpp>
#include <whiteline/version.hpp>

#include <algorithm>
#include <cmath>

#include "cli/csv.hpp"

namespace whiteline::cli {

namespace {

constexpr const char* noise_name = "noise";

}  // namespace

std::vector<std::string> cluster_names(std::int32_t clusters) {
  std::vector<std::string> names;
  for (std::int32_t cluster = 0; cluster < clusters; ++cluster)
    names.push_back(fmt::format("cluster {}", cluster));
  return names;
}

ClusterMeans::ClusterMeans(const SpectrumImage& spectra, const std::optional<EnergyAxis>& energy,
                           const ClusteredSpectra& answer, std::int32_t clusters)
    : energy_(energy) {
  const auto channels = std::size_t(spectra.energy.size);
  std::vector<std::string> names = cluster_names(clusters);
  names.emplace_back(noise_name);
  for (std::string& name : names)
    groups_.push_back({std::move(name), 0, std::vector<double>(channels, 0.0),
                       std::vector<double>(channels, 0.0)});
  // visit(group, channel, counts) for all that is no vacuum.
  const auto each = [&](auto&& visit) {
    for (std::int64_t row = 0; row < spectra.pixels(); ++row) {
      if (answer.vacuum[std::size_t(row)]) continue;
      const std::int32_t label = answer.labels[std::size_t(row)];
      Group& group = groups_[std::size_t(label == no_label ? clusters : label)];
      for (std::size_t c = 0; c < channels; ++c)
        visit(group, c, double(spectra.at(row, std::int64_t(c))));
    }
  };
  for (std::size_t row = 0; row < answer.labels.size(); ++row)
    if (!answer.vacuum[row])
      ++groups_[std::size_t(answer.labels[row] == no_label ? clusters : answer.labels[row])]
            .spectra;
  each([](Group& group, std::size_t c, double counts) { group.mean[c] += counts; });
  for (Group& group : groups_)
    for (double& mean : group.mean) mean /= double(std::max<std::int64_t>(group.spectra, 1));
  each([](Group& group, std::size_t c, double counts) {
    group.deviation[c] += (counts - group.mean[c]) * (counts - group.mean[c]);
  });
  for (Group& group : groups_)
    for (double& deviation : group.deviation)
      deviation = std::sqrt(deviation / double(std::max<std::int64_t>(group.spectra, 1)));
  std::erase_if(groups_, [](const Group& group) { return group.spectra == 0; });
}

double ClusterMeans::position(std::size_t channel) const {
  return energy_ ? energy_->energy(std::int64_t(channel)) : double(channel);
}

std::string ClusterMeans::csv() const {
  std::vector<std::string> header = {energy_ ? "energy_eV" : "channel"};
  for (const Group& group : groups_)
    for (const char* what : {"mean", "std"}) header.push_back(group.name + " " + what);
  std::string text = csv_line(header);
  const std::size_t channels = groups_.empty() ? 0 : groups_.front().mean.size();
  for (std::size_t c = 0; c < channels; ++c) {
    text += fmt::format("{:.9g}", position(c));
    for (const Group& group : groups_)
      text += fmt::format(",{:.7g},{:.7g}", group.mean[c], group.deviation[c]);
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
  for (const Group& group : groups_) {
    ChartSeries curve;
    curve.name = fmt::format("{} ({})", group.name, group.spectra);
    const bool noise = group.name == noise_name;
    if (noise) curve.mark = ChartSeries::Mark::dashes;
    for (std::size_t c = 0; c < group.mean.size(); ++c) {
      curve.x.push_back(position(c));
      curve.y.push_back(group.mean[c]);
      if (noise) continue;
      curve.low.push_back(group.mean[c] - group.deviation[c]);
      curve.high.push_back(group.mean[c] + group.deviation[c]);
    }
    chart.series.push_back(std::move(curve));
  }
  if (!groups_.empty() && groups_.front().mean.size() > 1) {
    chart.x.low = position(0);
    chart.x.high = position(groups_.front().mean.size() - 1);
  }
  return svg(chart);
}

std::string labels_csv(const Input& spectra, const ClusteredSpectra& answer) {
  const SpectrumImage& image = spectra.image;
  const bool known = !image.labels.empty();
  std::string csv = spectra.is_table ? "row" : "y,x";
  csv += known ? ",truth,cluster" : ",cluster";
  csv += ",probability,outlier_score\n";
  for (std::size_t row = 0; row < answer.labels.size(); ++row) {
    csv += spectra.is_table ? fmt::format("{}", row)
                            : fmt::format("{},{}", std::int64_t(row) / image.width,
                                          std::int64_t(row) % image.width);
    if (known)
      csv += "," + (image.labels[row] == no_label
                        ? std::string()
                        : csv_field(image.class_names[std::size_t(image.labels[row])]));
    if (answer.vacuum[row])
      csv += ",,,";
    else
      csv += fmt::format(
          ",{},{:.6f},{:.6f}",
          answer.labels[row] == no_label ? std::string() : std::to_string(answer.labels[row]),
          answer.probabilities[row], answer.outlier_scores[row]);
    csv += "\n";
  }
  return csv;
}

std::string clusters_csv(const HdbscanResult& result) {
  std::vector<std::int64_t> rows(std::size_t(result.clusters), 0);
  std::vector<double> probability(rows.size(), 0.0);
  for (std::size_t row = 0; row < result.labels.size(); ++row) {
    if (result.labels[row] == no_label) continue;
    ++rows[std::size_t(result.labels[row])];
    probability[std::size_t(result.labels[row])] += result.probabilities[row];
  }
  std::string csv = "cluster,spectra,share,mean_probability,birth_distance,stability\n";
  for (std::size_t c = 0; c < rows.size(); ++c) {
    const CondensedTree::Cluster& cluster = result.tree.clusters[std::size_t(result.selected[c])];
    const std::string birth =
        cluster.birth > 0.0 ? fmt::format("{:.7g}", 1.0 / cluster.birth) : std::string();
    csv += fmt::format("{},{},{:.6f},{:.6f},{},{:.7g}\n", c, rows[c],
                       double(rows[c]) / double(result.labels.size()),
                       probability[c] / double(rows[c]), birth, cluster.stability);
  }
  return csv;
}

void write_cluster_map(const std::filesystem::path& path, const SpectrumImage& image,
                       const ClusteredSpectra& answer, std::int32_t clusters) {
  std::vector<std::int32_t> shown = answer.labels;
  for (std::size_t row = 0; row < shown.size(); ++row)
    if (shown[row] == no_label && !answer.vacuum[row]) shown[row] = clusters;
  std::vector<std::string> names = cluster_names(clusters);
  MapStyle style;
  if (std::find(shown.begin(), shown.end(), clusters) != shown.end()) {
    names.emplace_back(noise_name);
    style.grey_label = clusters;
  }
  if (!image.scale_units.empty()) {
    style.pixel_length = image.scale_x;
    style.length_units = image.scale_units;
  }
  write_png(path, label_map(image.height, image.width, shown, names, style),
            {{"Software", fmt::format("whiteline {}", version())}});
}

}  // namespace whiteline::cli
