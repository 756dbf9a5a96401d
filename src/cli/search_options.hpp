// What `whiteline search` is told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/input.hpp"
#include "cli/options.hpp"
#include "cli/preparation.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct SearchOptions {
  CommonOptions common;
  std::filesystem::path data, output, journal;  // journal: empty: OUTPUT.trials.jsonl
  std::filesystem::path model;                  // of the best trial; empty: none
  AxisOptions axis;
  PreparationOptions preparation;
  NormaliseChoice normalise;
  std::string space = "dense", sampler = "tpe", judged = "last";
  std::int64_t trials = 60, epochs = 10, batch = 32, model_epochs = 100;
  std::optional<std::uint64_t> repeat;  // a trial to run again, and nothing else
  int in_flight = 4;
  double max_flop = 0.0;         // of a trial; 0: any
  std::uint64_t max_memory = 0;  // the same, bytes
  double success = 0.90;         // accuracy
  int best = 10;                 // rows of the table
};

void run_search(const SearchOptions& options, const Json& given);

}  // namespace whiteline::cli
