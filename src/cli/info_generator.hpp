// What `whiteline info` says of a generator of spectra.
#pragma once

#include <filesystem>

#include "cli/console.hpp"

namespace whiteline::cli {

Json describe_generator_file(Console& console, const std::filesystem::path& path);

}  // namespace whiteline::cli
