// Trainings of networks that are to go on, in files (io.hpp).
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <whiteline/io.hpp>
#include <whiteline/nn/training.hpp>

namespace whiteline::nn {

// What a training depends on but its callbacks and its number of epochs: 64 hexadecimal digits.
// Of x and labels the rows of `rows` count, in their order.
WHITELINE_EXPORT std::string training_key(const Network& network, const TrainingParams& params,
                                          const Matrix& x, std::span<const std::int32_t> labels,
                                          const TrainingRows& rows);

// A checkpoint of the training with this key, in one safetensors file; the same checkpoint gives
// the same bytes. Reading throws InvalidArgument where it is of another training. `network` and
// `rule` are those of the training.
WHITELINE_EXPORT Checkpoint read_checkpoint(const std::filesystem::path& path,
                                            const Network& network, OptimizerRule rule,
                                            const std::string& key);
WHITELINE_EXPORT void write_checkpoint(const std::filesystem::path& path,
                                       const Checkpoint& checkpoint, const Network& network,
                                       const std::string& key,
                                       Overwrite overwrite = Overwrite::refuse);

}  // namespace whiteline::nn
