// The minimum spanning tree of mutual reachability distances.
#pragma once

#include <whiteline/neighbors.hpp>

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/hdbscan/edge.hpp"

namespace whiteline::hdbscan_parts {

// What mutual reachability distances are made of: max(core of either row, distance / alpha).
struct Reachability {
  std::vector<float> core;  // core distance of each row
  float alpha = 1.0f;

  float reach(std::int32_t a, std::int32_t b, float distance) const;
};

// Core distances are those of the min_samples-th nearest, the row itself being the first.
Reachability reachability_of(const KnnGraph& graph, std::int64_t min_samples, double alpha);

// Rows in groups, each with the lightest edge known to leave it.
struct Groups {
  std::span<const std::int32_t> group;  // of each row
  std::span<const float> unseen;        // no edge of the row that is not known is lighter
  std::vector<Edge> best;               // of each group
  std::vector<char> asked;              // the groups whose best edge is wanted
};

// Looks at all rows.
class OutsideSearch {
 public:
  virtual ~OutsideSearch() = default;

  // Makes groups.best[g] the lightest edge that leaves group g, for those asked for.
  virtual void improve(Groups& groups) = 0;
};

struct SpanningTree {
  std::vector<Edge> edges;           // rows - 1, ascending
  std::int64_t edges_by_search = 0;  // that the neighbours alone did not show
};

// Without a search: throws Unsupported where the graph does not suffice.
SpanningTree spanning_tree(const KnnGraph& graph, const Reachability& reachability,
                           OutsideSearch* search, const Progress& progress);

}  // namespace whiteline::hdbscan_parts
