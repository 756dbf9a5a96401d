// Host numbers into device memory that is there already.
#pragma once

#include <whiteline/matrix.hpp>

#include <vector>

#include "core/backend.hpp"

namespace whiteline::core {

// Writes `host` into the rows of `to`, of the same shape and with no other rows' numbers between
// its columns and its stride. `staging` grows where it has to; keep it for the next call.
WHITELINE_EXPORT void upload(Queue& queue, const HostView& host, MatrixView to,
                             std::vector<float>& staging);

}  // namespace whiteline::core
