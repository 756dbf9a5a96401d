// Which clusters of the tree become labels.
#pragma once

#include <whiteline/hdbscan.hpp>

namespace whiteline::hdbscan_parts {

// Ascending; none lies in another.
std::vector<std::int32_t> selected_clusters(const CondensedTree& tree, const HdbscanParams& params);

}  // namespace whiteline::hdbscan_parts
