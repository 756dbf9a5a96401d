// Clusters that are mixtures of two others, as where the beam passes through both phases.
#pragma once

#include <whiteline/hdbscan.hpp>

#include <span>
#include <string>
#include <vector>

#include "cli/json.hpp"

namespace whiteline::cli {

struct ClusterMixture {
  std::int32_t cluster, first, second;  // it is a mixture of the other two
  double share;                         // of the first, in its mean spectrum
  double misfit;                        // what no mixture of them explains, over their distance
};

// Of the clusters that `labels` (no_label: none) make of spectra (a row a label, channels side by
// side). Means are of unit length; a mixture has at least a fifth of each and a misfit below a
// third. The best mixture comes first and is no part of the next; two clusters remain.
std::vector<ClusterMixture> mixtures_among(std::span<const float> spectra,
                                           std::span<const std::int32_t> labels,
                                           std::int32_t clusters);

// Their rows become noise; the clusters that remain keep their order.
void take_out(const std::vector<ClusterMixture>& mixtures, HdbscanResult& result);

std::string text_of(const ClusterMixture& mixture);
Json json_of(const std::vector<ClusterMixture>& mixtures);

}  // namespace whiteline::cli
