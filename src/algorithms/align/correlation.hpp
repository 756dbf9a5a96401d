// Displacements by cross-correlation.
#pragma once

#include <whiteline/matrix.hpp>

#include <cstdint>
#include <vector>

namespace whiteline::align {

// How many channels each row of `window` lies above `reference` (one number a column, of the same
// window): -most .. most, between channels.
std::vector<double> displacements(const Context& ctx, ConstMatrixView window,
                                  const std::vector<double>& reference, std::int64_t most);

}  // namespace whiteline::align
