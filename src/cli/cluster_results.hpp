// What `whiteline cluster` writes.
#pragma once

#include <whiteline/hdbscan.hpp>

#include <optional>
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

// "cluster 0", ...
std::vector<std::string> cluster_names(std::int32_t clusters);

// Mean and standard deviation of the spectra of each cluster and of noise, which comes last.
class ClusterMeans {
 public:
  ClusterMeans(const SpectrumImage& spectra, const std::optional<EnergyAxis>& energy,
               const ClusteredSpectra& answer, std::int32_t clusters);

  std::string csv() const;    // a line a channel
  std::string chart() const;  // with bands of one standard deviation

 private:
  struct Group {
    std::string name;
    std::int64_t spectra = 0;
    std::vector<double> mean, deviation;  // one a channel
  };
  double position(std::size_t channel) const;

  std::optional<EnergyAxis> energy_;
  std::vector<Group> groups_;
};

// A line a spectrum: row, or y and x; truth where there is one; cluster (empty: noise).
std::string labels_csv(const Input& spectra, const ClusteredSpectra& answer);
// A line a cluster.
std::string clusters_csv(const HdbscanResult& result);
// Of an image.
void write_cluster_map(const std::filesystem::path& path, const SpectrumImage& image,
                       const ClusteredSpectra& answer, std::int32_t clusters);

}  // namespace whiteline::cli
