// The training of one class's network, told to the user.
#pragma once

#include <whiteline/gan.hpp>

#include "cli/augment_options.hpp"
#include "cli/console.hpp"

namespace whiteline::cli {

// Where the training can go on from, beside the output folder: DIR.training_LABEL.safetensors.
std::filesystem::path checkpoint_file(const AugmentOptions& options, std::int32_t label);

// On spectra of one class. Goes on from the checkpoint where there is one.
GanRun train_class(const Context& ctx, const AugmentOptions& options, const Dataset& spectra,
                   std::int32_t label, Console& console);

}  // namespace whiteline::cli
