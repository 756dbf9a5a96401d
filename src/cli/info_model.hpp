// What `whiteline info` says of a model.
#pragma once

#include <filesystem>

#include "cli/console.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

// Prints the model for people and returns the same for machines. Throws ReadError.
Json describe_model_file(Console& console, const std::filesystem::path& path);

}  // namespace whiteline::cli
