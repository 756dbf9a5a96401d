#include "algorithms/hdbscan/selection.hpp"

#include <algorithm>

namespace whiteline::hdbscan_parts {

namespace {

using Flags = std::vector<char>;  // one a cluster

bool root_may_be_chosen(const HdbscanParams& params) {
  return params.single_cluster == HdbscanParams::SingleCluster::allow;
}

// A cluster, or those below it, whichever is more stable in sum.
Flags by_excess_of_mass(const CondensedTree& tree, const HdbscanParams& params) {
  Flags chosen(tree.clusters.size(), 0);
  std::vector<double> below(chosen.size(), 0.0);  // most stable choice below each
  for (std::size_t c = chosen.size(); c-- > 0;) {
    const CondensedTree::Cluster& cluster = tree.clusters[c];
    const bool too_large = params.max_cluster_size > 0 && cluster.size > params.max_cluster_size;
    const bool allowed = c > 0 || root_may_be_chosen(params);
    chosen[c] = allowed && !too_large && !(below[c] > cluster.stability);
    if (c > 0) below[std::size_t(cluster.parent)] += chosen[c] ? cluster.stability : below[c];
  }
  return chosen;
}

Flags leaves(const CondensedTree& tree, const HdbscanParams& params) {
  Flags chosen(tree.clusters.size(), 1);
  for (std::size_t c = 1; c < chosen.size(); ++c) chosen[std::size_t(tree.clusters[c].parent)] = 0;
  if (!root_may_be_chosen(params)) chosen[0] = 0;
  return chosen;
}

// Chosen clusters that part from their siblings below `epsilon` give way to their first ancestor
// that does so above it.
Flags merged_within(double epsilon, const CondensedTree& tree, const HdbscanParams& params,
                    const Flags& chosen) {
  const auto distance = [&](std::size_t c) { return 1.0 / tree.clusters[c].birth; };
  Flags merged(chosen.size(), 0);
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    if (!chosen[c]) continue;
    std::size_t ancestor = c;
    while (ancestor > 0 &&
           (ancestor == c ? distance(c) < epsilon : distance(ancestor) <= epsilon)) {
      const auto parent = std::size_t(tree.clusters[ancestor].parent);
      if (parent == 0 && !root_may_be_chosen(params)) break;
      ancestor = parent;
    }
    merged[ancestor] = 1;
  }
  return merged;
}

// Those of the chosen that lie in no other.
Flags outermost(const CondensedTree& tree, const Flags& chosen) {
  Flags covered(chosen.size(), 0), outer(chosen.size(), 0);  // covered: it or one it lies in
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const bool above = c > 0 && covered[std::size_t(tree.clusters[c].parent)];
    covered[c] = above || chosen[c];
    outer[c] = chosen[c] && !above;
  }
  return outer;
}

}  // namespace

std::vector<std::int32_t> selected_clusters(const CondensedTree& tree,
                                            const HdbscanParams& params) {
  Flags chosen = outermost(tree, params.selection == HdbscanParams::Selection::eom
                                     ? by_excess_of_mass(tree, params)
                                     : leaves(tree, params));
  if (params.cluster_selection_epsilon > 0.0)
    chosen = outermost(tree, merged_within(params.cluster_selection_epsilon, tree, params, chosen));
  std::vector<std::int32_t> selected;
  for (std::size_t c = 0; c < chosen.size(); ++c)
    if (chosen[c]) selected.push_back(std::int32_t(c));
  return selected;
}

}  // namespace whiteline::hdbscan_parts
