// What `whiteline classify` is told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/ranges.hpp"
#include "cli/shard.hpp"

namespace whiteline::cli {

struct ClassifyOptions {
  CommonOptions common;
  std::vector<std::string> inputs;
  std::filesystem::path model, output;
  VacuumChoice vacuum;
  bool background_removed = false;  // the model's background steps are left out
  std::string labels = "vote";      // or vote-break-ties, argmax
  std::string decisions = "none";   // or ovo, ovr: columns of labels.csv
  bool support_columns = false;     // rows are kernel values with the support vectors only
  double unknown = 0.0;  // a largest probability below it makes a spectrum `unknown`; 0: never
  AxisOptions axis;
  std::optional<PeakChoice> calibrate_peak;  // after the axis options
  std::optional<Shard>
      shard;  // of the pixels of one input, or of the files where there are several
};

void run_classify(const ClassifyOptions& options, const Json& given);

}  // namespace whiteline::cli
