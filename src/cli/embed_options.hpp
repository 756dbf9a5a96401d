// What `whiteline embed` is told.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/chosen_spectra.hpp"
#include "cli/neighbor_options.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct EmbedOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::filesystem::path output;
  std::filesystem::path graph;              // neighbours to use, or to leave there
  std::filesystem::path model, save_model;  // embedding to put spectra into, or to keep; empty: no
  SpectraChoice choice;
  UmapOptions umap;
  std::int64_t negative_sample_rate = 5;
  double spread = 1.0, learning_rate = 1.0, repulsion_strength = 1.0;
  double set_op_mix_ratio = 1.0, local_connectivity = 1.0, target_weight = 0.5;
  bool quality = false;  // judge the embedding
  std::string init = "spectral", target = "none";

  UmapParams params(const Progress& progress) const;
};

void run_embed(const EmbedOptions& options, const Json& given);

}  // namespace whiteline::cli
