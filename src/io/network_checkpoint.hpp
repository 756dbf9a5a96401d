// Trainings of networks in safetensors files (tensors.hpp): metadata `format` =
// "whiteline-checkpoint", `version` = "1", `checkpoint` = JSON (key, steps, best epoch, whether
// there are validation rows); tensors NODE.ROLE, with .mean and .square where the optimiser keeps
// them, best.NODE.ROLE, and `history` (F64, a row an epoch).
#pragma once

#include <whiteline/nn/checkpoint_file.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

// Throws FormatError unless the file is a whole checkpoint, InvalidArgument for another key.
WHITELINE_EXPORT nn::Checkpoint parse_network_checkpoint(Cursor file, const nn::Network& network,
                                                         nn::OptimizerRule rule,
                                                         const std::string& key);

}  // namespace whiteline::io
