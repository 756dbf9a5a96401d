// What `whiteline cluster` writes.
#pragma once

#include <whiteline/hdbscan.hpp>
#include <whiteline/maps.hpp>

#include <string>
#include <vector>

#include "cli/files.hpp"
#include "cli/input.hpp"

namespace whiteline::cli {

// The answer for each spectrum: those that were not clustered are vacuum.
struct ClusteredSpectra {
  std::vector<std::int32_t> labels;  // no_label: noise, or vacuum
  std::vector<float> probabilities, outlier_scores;
  std::vector<char> vacuum;
};

constexpr const char* noise_name = "noise";

// "cluster 0", ...
std::vector<std::string> cluster_names(std::int32_t clusters);
// The same and, last, noise.
std::vector<std::string> cluster_and_noise_names(std::int32_t clusters);

// A line a spectrum: row, or y and x; truth where there is one; cluster (empty: noise).
std::string labels_csv(const Input& spectra, const ClusteredSpectra& answer);
// A line a cluster.
std::string clusters_csv(const HdbscanResult& result);
// Of an image: vacuum dark, noise grey.
void write_cluster_map(const std::filesystem::path& path, const SpectrumImage& image,
                       const ClusteredSpectra& answer, std::int32_t clusters);
// How pictures of the image say how long a pixel is.
MapStyle map_style(const SpectrumImage& image, std::string title = {});

}  // namespace whiteline::cli
