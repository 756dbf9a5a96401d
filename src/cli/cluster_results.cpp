#include "cli/cluster_results.hpp"

#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <algorithm>
#include <utility>

#include "cli/places.hpp"

namespace whiteline::cli {

std::vector<std::string> cluster_names(std::int32_t clusters) {
  std::vector<std::string> names;
  for (std::int32_t cluster = 0; cluster < clusters; ++cluster)
    names.push_back(fmt::format("cluster {}", cluster));
  return names;
}

std::vector<std::string> cluster_and_noise_names(std::int32_t clusters) {
  std::vector<std::string> names = cluster_names(clusters);
  names.emplace_back(noise_name);
  return names;
}

std::string labels_csv(const Input& spectra, const ClusteredSpectra& answer) {
  const SpectrumImage& image = spectra.image;
  std::string csv = place_header(image, spectra.is_table) + ",cluster,probability,outlier_score\n";
  for (std::size_t row = 0; row < answer.labels.size(); ++row) {
    csv += place_fields(image, spectra.is_table, row);
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

MapStyle map_style(const SpectrumImage& image, std::string title) {
  MapStyle style;
  style.title = std::move(title);
  if (image.scale_units.empty()) return style;
  style.pixel_length = image.scale_x;
  style.length_units = image.scale_units;
  return style;
}

void write_cluster_map(const std::filesystem::path& path, const SpectrumImage& image,
                       const ClusteredSpectra& answer, std::int32_t clusters) {
  std::vector<std::int32_t> shown = answer.labels;
  for (std::size_t row = 0; row < shown.size(); ++row)
    if (shown[row] == no_label && !answer.vacuum[row]) shown[row] = clusters;
  std::vector<std::string> names = cluster_names(clusters);
  MapStyle style = map_style(image);
  if (std::find(shown.begin(), shown.end(), clusters) != shown.end()) {
    names.emplace_back(noise_name);
    style.grey_label = clusters;
  }
  write_png(path, label_map(image.height, image.width, shown, names, style),
            {{"Software", fmt::format("whiteline {}", version())}});
}

}  // namespace whiteline::cli
