// Trainings of networks that were interrupted go on.
#pragma once

#include <whiteline/nn/training.hpp>

#include "cli/console.hpp"
#include "cli/train_options.hpp"

namespace whiteline::cli {

// Where the training can go on from, beside the model: MODEL.training.safetensors.
std::filesystem::path checkpoint_file(const std::filesystem::path& model);

// Makes a training go on from its checkpoint where there is one, and keep others. `params` are
// otherwise those of the training; `network` must outlive them.
void keep_checkpoints(const TrainOptions& options, const nn::Network& network, const Matrix& x,
                      std::span<const std::int32_t> labels, const nn::TrainingRows& rows,
                      Console& console, nn::TrainingParams& params);

}  // namespace whiteline::cli
