// Generators in files (io.hpp).
#pragma once

#include <filesystem>

#include <whiteline/gan.hpp>
#include <whiteline/io.hpp>

namespace whiteline {

// One safetensors file. Writing throws InvalidArgument for a generator that check refuses; the same
// generator gives the same bytes.
WHITELINE_EXPORT Generator read_generator(const std::filesystem::path& path);
WHITELINE_EXPORT void write_generator(const std::filesystem::path& path, const Generator& generator,
                                      Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
