// Rows of few channels: neighbours, and lightest edges between groups, by a tree of boxes.
#pragma once

#include <cstdint>
#include <vector>

#include "algorithms/hdbscan/spanning_tree.hpp"
#include "algorithms/neighbors/kd_tree.hpp"

namespace whiteline::hdbscan_parts {

// Distances and indices as knn_graph gives them, euclidean.
KnnGraph tree_graph(const neighbors::KdTree& tree, std::int64_t k, core::ThreadPool& pool,
                    const Progress& progress);

class TreeSearch final : public OutsideSearch {
 public:
  // All must outlive this.
  TreeSearch(const neighbors::KdTree& tree, const Reachability& reachability,
             core::ThreadPool& pool, const Progress& progress);

  void improve(Groups& groups) override;

 private:
  void mark_nodes(const Groups& groups);
  // Makes `best` the lightest edge of the row at `place` that leaves its group, where it is
  // lighter.
  void improve_by(std::int32_t place, const Groups& groups, Edge& best) const;

  const neighbors::KdTree& tree_;
  const Reachability& reachability_;
  core::ThreadPool& pool_;
  const Progress& progress_;
  std::vector<float> least_core_;         // of each node's rows
  std::vector<std::int32_t> node_group_;  // of all of each node's rows, or -1
};

}  // namespace whiteline::hdbscan_parts
