// What `whiteline info` says of a model.
#pragma once

#include <whiteline/preprocess.hpp>

#include <filesystem>
#include <string>
#include <string_view>

#include "cli/console.hpp"
#include "cli/options.hpp"

namespace whiteline::cli {

// Prints the model for people and returns the same for machines. Throws ReadError.
Json describe_model_file(Console& console, const std::filesystem::path& path);

// "  title      text", where there is a text.
void print_line(Console& console, std::string_view title, const std::string& text);
// Prints how spectra are prepared and where the model is from, and adds these to `all`.
void describe_making(Console& console, const Pipeline& pipeline, const std::string& provenance,
                     Json& all);

}  // namespace whiteline::cli
