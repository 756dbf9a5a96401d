// The steps that `whiteline prepare` was asked for.
#pragma once

#include <whiteline/preprocess.hpp>

#include <optional>
#include <string>
#include <vector>

#include "cli/prepare_options.hpp"

namespace whiteline::cli {

// Those done spectrum by spectrum after the others, for spectra on this axis.
std::vector<PreparationStep> last_steps(const PrepareOptions& options,
                                        const std::optional<EnergyAxis>& energy,
                                        std::int64_t channels);

// An image's metadata, with what was done.
std::string with_steps(const std::string& metadata, const std::vector<std::string>& done);

}  // namespace whiteline::cli
