// Trainings of generative networks in safetensors files (tensors.hpp): metadata `format` =
// "whiteline-gan-checkpoint", `version` = "1", `checkpoint` = JSON (key, steps, best epoch);
// tensors PLAYER.NODE.ROLE with .mean and .square, best.NODE.ROLE, and `history` (F64, a row an
// epoch).
#pragma once

#include <whiteline/gan_file.hpp>

#include "io/cursor.hpp"

namespace whiteline::io {

// Throws FormatError unless the file is a whole checkpoint, InvalidArgument for another key.
WHITELINE_EXPORT GanCheckpoint parse_gan_checkpoint(Cursor file, const GanParams& params,
                                                    std::int64_t channels, const std::string& key);

}  // namespace whiteline::io
