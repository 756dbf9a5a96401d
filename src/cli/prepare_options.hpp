// What `whiteline prepare` is asked for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct PrepareOptions {
  CommonOptions common;
  AxisOptions axis;
  std::filesystem::path input, output;
  std::filesystem::path pipeline;                 // JSON; empty: the options below
  std::filesystem::path also_align, also_output;  // empty: no second file
  double spikes = 0.0;                            // threshold; 0: leave them
  RebinChoice rebin;
  std::optional<AlignChoice> align;
  double max_shift = 5.0;       // eV
  bool crop_shifted = false;    // leave out channels that some spectra were moved out of
  std::int64_t components = 0;  // 0: no PCA
  std::string pca_weighting = "none", pca_method = "covariance";
  std::optional<EnergyAxis> resample;
  bool keep_counts = false;
  PreparationOptions steps;
  bool zero_fill = false;
  NormaliseChoice normalise;

  bool has_steps() const;  // of the pipeline
};

void run_prepare(const PrepareOptions& options, const Json& given);

}  // namespace whiteline::cli
