// More spectra to train on, out of those there are.
#pragma once

#include "cli/console.hpp"
#include "cli/run_record.hpp"
#include "cli/train_options.hpp"

namespace whiteline::cli {

// Fills each class of `set` up to options.augment_count spectra, as --augment says; nothing where
// it is not given. What models are to remember of it is added to `provenance`.
void augment_training(const Context& ctx, const TrainOptions& options, Dataset& set,
                      Console& console, RunRecord& record, Json& provenance);

}  // namespace whiteline::cli
