// A number that tells sets of rows apart.
#pragma once

#include <whiteline/neighbors.hpp>

#include <cstdint>
#include <span>

namespace whiteline::neighbors {

// Of the metric, the channels and each row's squared norm, by a chain of Philox; never 0. Rows that
// differ, or lie in another order, have another number but for chance.
std::uint64_t data_hash(Metric metric, std::int64_t channels,
                        std::span<const double> squared_norms);

}  // namespace whiteline::neighbors
