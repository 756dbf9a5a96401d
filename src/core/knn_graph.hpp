// Graphs of neighbours that come from a caller.
#pragma once

#include <whiteline/neighbors.hpp>

namespace whiteline::core {

// Throws InvalidArgument unless the arrays are rows x k, each neighbour is another row of the set,
// and distances are finite and ascend from 0 or more. A graph of one row has no neighbours.
void check_whole(const KnnGraph& graph);

}  // namespace whiteline::core
