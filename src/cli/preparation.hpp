// Steps before normalisation, as the command line names them.
#pragma once

#include <optional>
#include <vector>

#include "cli/ranges.hpp"

namespace whiteline::cli {

// The background before the window, so that its own window may lie outside. Throws InvalidArgument
// for windows in channels without an axis.
std::vector<PreparationStep> steps_before_normalising(
    const std::optional<BackgroundChoice>& background, const std::optional<Range>& window,
    const std::optional<EnergyAxis>& axis);

}  // namespace whiteline::cli
