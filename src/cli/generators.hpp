// The generators of a folder that `whiteline augment --gan` wrote, one for each class of its set.
#pragma once

#include <whiteline/gan.hpp>
#include <whiteline/spectra.hpp>

#include <filesystem>

namespace whiteline::cli {

// FOLDER/generator_LABEL.safetensors
std::filesystem::path generator_file(const std::filesystem::path& folder, std::int32_t label);

// Throws ReadError, and InvalidArgument for a generator of another class than the set's `label`, or
// of spectra on another axis.
Generator read_generator_of(const std::filesystem::path& path, const Dataset& set,
                            std::int32_t label);

}  // namespace whiteline::cli
