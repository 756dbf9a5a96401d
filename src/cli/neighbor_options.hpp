// Options of the verbs that look for neighbours: embed, cluster, label.
#pragma once

#include <whiteline/umap.hpp>

#include <filesystem>
#include <string>

#include "cli/command_line.hpp"

namespace whiteline::cli {

void add_metric_option(Verb& verb, std::string& metric);

// A file of neighbours; `more` goes on from its description.
void add_graph_option(Verb& verb, std::filesystem::path& graph, const std::string& more = "");

struct UmapOptions {
  std::int64_t n_neighbors = 15, n_components = 2, n_epochs = 0;
  double min_dist = 0.1;
  std::string metric = "euclidean";

  UmapParams params(std::uint64_t seed, const Progress& progress) const;
};

void add_umap_options(Verb& verb, UmapOptions& options);

}  // namespace whiteline::cli
