// What `whiteline embed` is told.
#pragma once

#include <whiteline/umap.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/chosen_spectra.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct EmbedOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::filesystem::path output;
  std::filesystem::path graph;              // neighbours to use, or to leave there
  std::filesystem::path model, save_model;  // embedding to put spectra into, or to keep; empty: no
  SpectraChoice choice;
  std::int64_t n_neighbors = 15, n_components = 2, n_epochs = 0, negative_sample_rate = 5;
  double min_dist = 0.1, spread = 1.0, learning_rate = 1.0, repulsion_strength = 1.0;
  double set_op_mix_ratio = 1.0, local_connectivity = 1.0, target_weight = 0.5;
  bool quality = false;  // judge the embedding
  std::string metric = "euclidean", init = "spectral", target = "none";

  UmapParams params(const Progress& progress) const;
};

void run_embed(const EmbedOptions& options, const Json& given);

}  // namespace whiteline::cli
