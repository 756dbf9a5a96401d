// Spectra that memory holds, prepared in every way there is.
#pragma once

#include "cli/input.hpp"
#include "cli/prepare_options.hpp"
#include "cli/prepare_report.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

// Prepares and writes them, and what was moved with them.
PrepareOutcome prepare_in_memory(const PrepareOptions& options, const Context& ctx, Input input,
                                 Console& console, RunRecord& record);

}  // namespace whiteline::cli
