// What `whiteline search` is told.
#pragma once

#include <filesystem>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct SearchOptions {
  CommonOptions common;
  std::filesystem::path data, output, journal;  // journal: empty: OUTPUT.trials.jsonl
  AxisOptions axis;
  PreparationOptions preparation;
  NormaliseChoice normalise;
  std::string space = "dense", sampler = "tpe", judged = "last";
  std::int64_t trials = 60, epochs = 10, batch = 32;
  int in_flight = 4;
  double max_flop = 0.0;  // of a trial; 0: any
  double success = 0.90;  // accuracy
  int best = 10;          // rows of the table
};

void run_search(const SearchOptions& options, const Json& given);

}  // namespace whiteline::cli
