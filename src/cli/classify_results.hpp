// The files that a classification becomes.
#pragma once

#include <string>
#include <vector>

#include "cli/classification.hpp"
#include "cli/files.hpp"

namespace whiteline::cli {

// Names of the files, run.json aside.
std::vector<std::string> result_names(const Input& input, const SvmModel& model);

// Maps of an image: labels.png, composite.png, probability_CLASS.png, probabilities.hspy (.npz with
// a warning where this build has no HDF5). Of a table: labels.csv.
void write_results(const Input& input, const SvmModel& model, const std::string& model_hash,
                   const Classification& result, StagedFolder& folder, Console& console);

}  // namespace whiteline::cli
