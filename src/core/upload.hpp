// Host numbers into device memory that is there already, or read where they are.
#pragma once

#include <whiteline/matrix.hpp>

#include <vector>

#include "core/backend.hpp"

namespace whiteline::core {

// Writes `host` into the rows of `to`, of the same shape and with no other rows' numbers between
// its columns and its stride. `staging` grows where it has to; keep it for the next call.
WHITELINE_EXPORT void upload(Queue& queue, const HostView& host, MatrixView to,
                             std::vector<float>& staging);

// `host` as the device sees it where it can read it in place: float32, rows in one piece, on the
// CPU; else a view without data.
WHITELINE_EXPORT ConstMatrixView in_place(const Queue& queue, const HostView& host);

}  // namespace whiteline::core
