#include "cli/label_results.hpp"

#include <fmt/format.h>
#include <whiteline/version.hpp>

#include <algorithm>
#include <limits>

#include "cli/cluster_results.hpp"
#include "cli/places.hpp"

namespace whiteline::cli {

namespace {

constexpr const char* words[] = {"", "cluster", "neighbours", "classifier"};

}  // namespace

LabelledSpectra::LabelledSpectra(std::int64_t spectra)
    : labels(std::size_t(spectra), no_label),
      probabilities(std::size_t(spectra), 0.0f),
      by(std::size_t(spectra), LabelledBy::nothing),
      vacuum(std::size_t(spectra), 1) {}

void LabelledSpectra::set(std::int64_t row, std::int32_t label, float probability, LabelledBy who) {
  const auto i = std::size_t(row);
  labels[i] = label;
  probabilities[i] = probability;
  by[i] = label == no_label ? LabelledBy::nothing : who;
}

std::vector<std::int32_t> LabelledSpectra::clustered() const {
  std::vector<std::int32_t> own = labels;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (by[i] == LabelledBy::classifier) own[i] = no_label;
  return own;
}

std::int64_t LabelledSpectra::count(LabelledBy who) const {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < by.size(); ++i) found += !vacuum[i] && by[i] == who;
  return found;
}

std::string label_table(const SpectrumImage& image, bool is_table, const LabelledSpectra& found) {
  std::string csv = place_header(image, is_table) + ",label,probability,by\n";
  for (std::size_t row = 0; row < found.labels.size(); ++row) {
    csv += place_fields(image, is_table, row);
    if (found.labels[row] == no_label)
      csv += ",,,";
    else
      csv += fmt::format(",{},{:.6f},{}", found.labels[row], found.probabilities[row],
                         words[std::size_t(found.by[row])]);
    csv += "\n";
  }
  return csv;
}

void write_label_maps(StagedFolder& folder, const SpectrumImage& image,
                      const LabelledSpectra& found, std::int32_t clusters) {
  ClusteredSpectra shown{found.labels, {}, {}, found.vacuum};
  write_cluster_map(folder.file("labels.png"), image, shown, clusters);
  shown.labels = found.clustered();
  write_cluster_map(folder.file("clusters.png"), image, shown, clusters);
  std::vector<float> probability = found.probabilities;
  for (std::size_t i = 0; i < probability.size(); ++i)
    if (found.vacuum[i]) probability[i] = std::numeric_limits<float>::quiet_NaN();
  write_png(folder.file("probability.png"),
            probability_map(image.height, image.width, probability,
                            map_style(image, "probability of the label")),
            {{"Software", fmt::format("whiteline {}", version())}});
}

}  // namespace whiteline::cli
