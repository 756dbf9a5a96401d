// What `whiteline label` is told.
#pragma once

#include <whiteline/hdbscan.hpp>
#include <whiteline/svm.hpp>

#include <filesystem>

#include "cli/chosen_spectra.hpp"
#include "cli/neighbor_options.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct LabelOptions {
  CommonOptions common;
  std::filesystem::path input, output;
  SpectraChoice choice;
  std::int64_t sample = 65'536;  // spectra that are embedded and clustered
  std::int64_t components = 0;   // of a PCA; 0: none
  UmapOptions umap{.n_neighbors = 100, .min_dist = 0.0};
  std::int64_t min_cluster_size = 0;  // 0: of the number of spectra
  std::int64_t min_samples = 10;      // 0: as min_cluster_size
  bool part_mixtures = false;
  std::string kernel = "rbf";  // of the classifier
  double C = 10.0;
  std::int64_t per_cluster = 400;  // spectra that train it
  bool quality = false;

  HdbscanParams hdbscan(std::int64_t spectra, const Progress& progress) const;
  SvmParams svm(const Progress& progress) const;
};

void run_label(const LabelOptions& options, const Json& given);

}  // namespace whiteline::cli
