// What `whiteline select` is told.
#pragma once

#include <whiteline/model_selection.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct SelectOptions {
  CommonOptions common;
  std::filesystem::path data, output, model, journal;  // empty: not written
  AxisOptions axis;
  PreparationOptions preparation;
  SvmGrid grid;
  FoldParams folds;
  std::string score = "accuracy", class_weight = "none", calibrate = "platt";
  double tolerance = 1e-3;
  double train_fraction = 1.0;  // of each class; the rest is held out
  bool learning_curve = false;
  std::vector<double> fractions = LearningCurveParams().fractions;
  int best = 10;  // rows of the table
};

void run_select(const SelectOptions& options, const Json& given);

}  // namespace whiteline::cli
