// Generators, and trainings of them that are to go on, in files (io.hpp).
#pragma once

#include <filesystem>
#include <string>

#include <whiteline/gan.hpp>
#include <whiteline/io.hpp>

namespace whiteline {

// One safetensors file. Writing throws InvalidArgument for a generator that check refuses; the same
// generator gives the same bytes.
WHITELINE_EXPORT Generator read_generator(const std::filesystem::path& path);
WHITELINE_EXPORT void write_generator(const std::filesystem::path& path, const Generator& generator,
                                      Overwrite overwrite = Overwrite::refuse);

// What a training depends on but its callbacks and its number of epochs: 64 hexadecimal digits.
WHITELINE_EXPORT std::string gan_training_key(const GanParams& params, const HostView& spectra);

// A checkpoint of the training with this key, in one safetensors file. Reading throws
// InvalidArgument where it is of another training; `params` and `channels` are those of the
// training.
WHITELINE_EXPORT GanCheckpoint read_gan_checkpoint(const std::filesystem::path& path,
                                                   const GanParams& params, std::int64_t channels,
                                                   const std::string& key);
WHITELINE_EXPORT void write_gan_checkpoint(const std::filesystem::path& path,
                                           const GanCheckpoint& checkpoint, const GanParams& params,
                                           std::int64_t channels, const std::string& key,
                                           Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline
