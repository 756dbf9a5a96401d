// A number that tells sets of rows apart.
#pragma once

#include <whiteline/neighbors.hpp>

#include <cstdint>

namespace whiteline::neighbors {

// Of the metric, the channels and the bits of all rows in their order; never 0. Sets that differ
// have another number but for chance. Brings x to the host, some rows at a time.
std::uint64_t data_hash(const Context& ctx, Metric metric, const Matrix& x);

}  // namespace whiteline::neighbors
