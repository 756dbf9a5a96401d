// Single trials of a search: one again, to see that it is the same; the best one as a model.
#pragma once

#include <whiteline/nn/model.hpp>
#include <whiteline/nn/trials.hpp>

#include "cli/console.hpp"
#include "cli/run_record.hpp"
#include "cli/search_options.hpp"

namespace whiteline::cli {

// What trials were trained on.
struct SearchedSet {
  const Dataset& set;
  const Pipeline& pipeline;
  const Matrix& spectra;  // prepared
  const nn::Protocol& protocol;
};

// Runs a trial of the journal alone, on all of the context. Throws Error unless it gives what it
// gave in the search, its loss after each epoch bit for bit.
void repeat_trial(const Context& ctx, std::int64_t number, const std::vector<SearchTrial>& known,
                  const TrialFunction& trial, Console& console, RunRecord& record);

// Trains the choice of a trial on all five folds and writes it to options.model; accuracy on the
// rows left for tests to console and record.
void write_refitted(const Context& ctx, const SearchOptions& options, const SearchSpace& space,
                    std::size_t number, const SearchTrial& trial, const SearchedSet& searched,
                    Json provenance, Console& console, RunRecord& record);

}  // namespace whiteline::cli
