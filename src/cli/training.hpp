// What training and searching share: spectra held out, and what the model is told at the end.
#pragma once

#include "cli/classifier.hpp"
#include "cli/console.hpp"
#include "cli/run_record.hpp"

namespace whiteline::cli {

// Takes all but `train_fraction` of each class out of `set` and returns them; 1: none.
Dataset hold_out(Dataset& set, double train_fraction, std::uint64_t seed);

// The model's classes get the names they have in the set.
void name_classes(SvmModel& model, const Dataset& set);

// How well the model does on what was held out, for the user, the record and the model's
// provenance; nothing for an empty set.
void score_held_out(const Context& ctx, const Classifier& model, const Dataset& held_out,
                    Console& console, RunRecord& record, Json& provenance);

}  // namespace whiteline::cli
