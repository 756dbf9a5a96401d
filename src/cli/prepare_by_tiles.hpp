// Images larger than memory, prepared from file to file.
#pragma once

#include <optional>

#include "cli/prepare_options.hpp"
#include "cli/prepare_report.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

// Nothing where memory holds the image, or where not every step is done spectrum by spectrum.
std::optional<PrepareOutcome> prepare_by_tiles(const PrepareOptions& options, const Context& ctx,
                                               Console& console, RunRecord& record);

}  // namespace whiteline::cli
