// The hierarchy with clusters only: parts that are too small fall out of their cluster.
#pragma once

#include <whiteline/hdbscan.hpp>

#include "algorithms/hdbscan/dendrogram.hpp"

namespace whiteline::hdbscan_parts {

// Of the one cluster of all rows down: where two or more parts are large enough, each is a new
// cluster, where one is, the cluster goes on in it; the other parts' rows fall out.
CondensedTree condensed(const Dendrogram& dendrogram, std::int64_t min_cluster_size);

// The largest lambda of what leaves each cluster: rows, and clusters at their births.
std::vector<double> largest_lambdas(const CondensedTree& tree);

}  // namespace whiteline::hdbscan_parts
