// What `whiteline train` is told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct TrainOptions {
  CommonOptions common;
  std::filesystem::path data, output;
  AxisOptions axis;
  PreparationOptions preparation;
  NormaliseChoice normalise;
  ModelChoice model;
  std::string kernel = "rbf", calibrate = "platt";
  double C = 1.0, coef0 = 0.0, tolerance = 1e-3;
  GammaChoice gamma;
  ClassWeightChoice class_weight;
  std::filesystem::path sample_weight;            // empty: all spectra count alike
  std::int64_t max_iterations = 0;                // 0: the library's choice
  std::optional<std::uint64_t> calibration_seed;  // not given: the seed of the run
  int degree = 3, folds = 5;
  double train_fraction = 1.0;        // of each class; the rest is held out
  std::string augment;                // "classic", or a folder of generators; empty: as the set is
  std::int64_t augment_count = 1000;  // spectra of each class in the end
  double augment_shift = 0.5;         // eV, of classic
  // Of networks.
  std::int64_t epochs = 100, batch = 32, patience = 0;  // patience 0: all epochs
  std::string optimizer;                                // empty: the network's own
  std::string head = "average", dense_branch = "channel";
  double learning_rate = 0.0;          // 0: the same
  double validation = 0.0;             // share of each class
  std::int64_t checkpoint_every = 10;  // epochs; 0: never
};

void run_train(const TrainOptions& options, const Json& given);

}  // namespace whiteline::cli
