// What `whiteline evaluate` is told.
#pragma once

#include <whiteline/metrics.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/input.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

struct EvaluateOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::filesystem::path model, output;  // empty output: nothing is written
  bool held_out = false;                // only rows that the model's training set left out
  bool background_removed = false;      // the model's background steps are left out
  bool csv = false;                     // the scores on stdout as CSV
  bool misclassified = false;           // a picture of mean spectra
  int bins = 10;
  std::string binning = "equal-width";
  AxisOptions axis;

  ReliabilityParams reliability() const;
};

void run_evaluate(const EvaluateOptions& options, const Json& given);

}  // namespace whiteline::cli
