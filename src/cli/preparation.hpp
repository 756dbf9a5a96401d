// Steps before normalisation, as the command line names them: options of train,
// select and cluster.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/ranges.hpp"

namespace whiteline::cli {

struct PreparationOptions {
  std::optional<Range> window;
  std::optional<BackgroundChoice> background;
};
// Options of the verb's own may follow under the same heading.
void add_preparation_options(Verb& verb, const std::string& heading, PreparationOptions& options);

// The background before the window, so that its own window may lie outside. Throws InvalidArgument
// for windows in channels without an axis.
std::vector<PreparationStep> steps_before_normalising(const PreparationOptions& options,
                                                      const std::optional<EnergyAxis>& axis);

// The normalisation asked for, or none. Throws as above.
std::optional<Normalise> normalise_step(const NormaliseChoice& choice,
                                        const std::optional<EnergyAxis>& axis);

}  // namespace whiteline::cli
