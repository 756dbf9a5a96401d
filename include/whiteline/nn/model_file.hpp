// Classifiers of any kind in files: networks beside support vector models (io.hpp).
#pragma once

#include <filesystem>
#include <variant>

#include <whiteline/io.hpp>
#include <whiteline/nn/model.hpp>

namespace whiteline {

using AnyModel = std::variant<SvmModel, nn::Model>;

// As read_model, which knows support vector models alone: it says Unsupported of a network.
WHITELINE_EXPORT AnyModel read_any_model(const std::filesystem::path& path);

WHITELINE_EXPORT void write_model(const std::filesystem::path& path, const nn::Model& model,
                                  Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
