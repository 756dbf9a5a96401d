// What `whiteline augment` is told.
#pragma once

#include <whiteline/augment.hpp>
#include <whiteline/gan.hpp>

#include <filesystem>
#include <optional>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct AugmentOptions {
  CommonOptions common;
  std::filesystem::path input, output;
  AxisOptions axis;
  AugmentParams copies;
  bool own_noise = false;  // of copies: as much as the spectra have
  // Of generative networks.
  bool gan = false;
  std::filesystem::path generators;  // a folder of an earlier run; empty: train them
  GanParams training;
  std::optional<double> frechet, correlation, cosine;  // tolerances; not given: of real pairs
  double train_fraction = 1.0;
  std::int64_t count = 1000;            // of each class
  std::int64_t checkpoint_every = 100;  // epochs; 0: never
  bool last = false;                    // the last generators, not the best
  bool clean = false;                   // without noise

  bool generative() const { return gan || !generators.empty(); }
};

// Copies of the set's own spectra.
void run_copies(const AugmentOptions& options, const Json& given);
// Spectra of generative networks.
void run_generation(const AugmentOptions& options, const Json& given);

}  // namespace whiteline::cli
