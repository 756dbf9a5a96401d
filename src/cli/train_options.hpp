// What `whiteline train` is told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct TrainOptions {
  CommonOptions common;
  std::filesystem::path data, output;
  AxisOptions axis;
  std::optional<Range> window;
  std::optional<BackgroundChoice> background;
  NormaliseChoice normalise;
  std::string kernel = "rbf", class_weight = "none", calibrate = "platt";
  double C = 1.0, coef0 = 0.0, tolerance = 1e-3;
  GammaChoice gamma;
  int degree = 3, folds = 5;
  double train_fraction = 1.0;  // of each class; the rest is held out
};

void run_train(const TrainOptions& options, const Json& given);

}  // namespace whiteline::cli
