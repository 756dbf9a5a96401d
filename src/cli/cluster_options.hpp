// What `whiteline cluster` is told.
#pragma once

#include <whiteline/hdbscan.hpp>

#include <filesystem>
#include <string>

#include "cli/chosen_spectra.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct ClusterOptions {
  CommonOptions common;
  std::filesystem::path input, output;
  std::filesystem::path spectra;   // whose embedding `input` is; empty: `input` itself
  std::filesystem::path graph;     // neighbours to use, or to leave there
  std::filesystem::path labelled;  // the spectra with clusters as labels
  SpectraChoice choice;
  std::int64_t min_cluster_size = 5, min_samples = 0, max_cluster_size = 0;
  std::string method = "eom", metric = "euclidean";
  double epsilon = 0.0, alpha = 1.0;
  bool single_cluster = false;

  HdbscanParams params(const Progress& progress) const;
};

void add_min_samples_option(Verb& verb, std::int64_t& min_samples);

void run_cluster(const ClusterOptions& options, const Json& given);

}  // namespace whiteline::cli
