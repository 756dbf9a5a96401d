// A model from one file format to another, for `whiteline convert`.
#pragma once

#include <whiteline/io.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/run_record.hpp"

namespace whiteline::cli {

// By the suffix of `to`: .safetensors; .model or .libsvm, of support vector models; .onnx, of
// networks. Throws UsageError for another one.
void convert_model(const std::filesystem::path& from, const std::filesystem::path& to,
                   Overwrite overwrite, Console& console, RunRecord& record);

// "0 FeO, 1 Fe3O4": said where LIBSVM's text cannot hold the names.
void tell_labels(const std::vector<std::string>& names, std::vector<std::int32_t> positions,
                 Console& console, RunRecord& record);

}  // namespace whiteline::cli
