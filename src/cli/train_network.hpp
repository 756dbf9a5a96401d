// What `whiteline train --model net:NAME` does between reading and writing.
#pragma once

#include <whiteline/nn/model.hpp>
#include <whiteline/nn/training.hpp>

#include "cli/console.hpp"
#include "cli/run_record.hpp"
#include "cli/train_options.hpp"

namespace whiteline::cli {

// Trains the network asked for on spectra prepared by `pipeline`; history to `epochs`.
nn::Model train_network(const Context& ctx, const TrainOptions& options, const Dataset& set,
                        const Pipeline& pipeline, Console& console, RunRecord& record,
                        std::vector<nn::Epoch>& epochs);

// What the model remembers of how it was trained: nothing that differs from run to run.
Json network_provenance(const TrainOptions& options);

// The files of a network's history beside the model.
std::vector<std::filesystem::path> history_files(const std::filesystem::path& model);
void write_history(const std::filesystem::path& model, const std::vector<nn::Epoch>& epochs,
                   Overwrite overwrite, RunRecord& record);

}  // namespace whiteline::cli
