#include "algorithms/hdbscan/tree_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace whiteline::hdbscan_parts {

namespace {

using neighbors::KdTree;

constexpr std::int64_t rows_a_chunk = 256, rows_a_step = 1 << 14;
constexpr std::int32_t several = -1;

}  // namespace

KnnGraph tree_graph(const KdTree& tree, std::int64_t k, core::ThreadPool& pool,
                    const Progress& progress) {
  KnnGraph graph;
  graph.rows = tree.rows();
  graph.k = k;
  graph.distances.resize(std::size_t(graph.rows * k));
  graph.indices.resize(graph.distances.size());
  for (std::int64_t first = 0; first < graph.rows; first += rows_a_step) {
    report(progress, "neighbours", std::uint64_t(first), std::uint64_t(graph.rows));
    core::parallel_for(pool, std::min(rows_a_step, graph.rows - first), rows_a_chunk,
                       [&](std::int64_t begin, std::int64_t end) {
                         std::vector<std::uint64_t> keys(static_cast<std::size_t>(k));
                         for (std::int64_t place = first + begin; place < first + end; ++place) {
                           tree.nearest(std::int32_t(place), keys);
                           std::size_t to = std::size_t(tree.row_at(std::int32_t(place)) * k);
                           for (const std::uint64_t key : keys) {
                             graph.distances[to] =
                                 formulas::distance_of(formulas::key_distance(key), false);
                             graph.indices[to++] = formulas::key_row(key);
                           }
                         }
                       });
  }
  return graph;
}

TreeSearch::TreeSearch(const KdTree& tree, const Reachability& reachability, core::ThreadPool& pool,
                       const Progress& progress)
    : tree_(tree),
      reachability_(reachability),
      pool_(pool),
      progress_(progress),
      least_core_(tree.nodes().size()) {
  for (std::size_t n = least_core_.size(); n-- > 0;) {
    const KdTree::Node& node = tree.nodes()[n];
    if (node.right >= 0) {
      least_core_[n] = std::min(least_core_[n + 1], least_core_[std::size_t(node.right)]);
      continue;
    }
    float& least = least_core_[n] = reachability.core[std::size_t(tree.row_at(node.begin))];
    for (std::int32_t place = node.begin; place < node.end; ++place)
      least = std::min(least, reachability.core[std::size_t(tree.row_at(place))]);
  }
}

void TreeSearch::mark_nodes(const Groups& groups) {
  node_group_.resize(least_core_.size());
  for (std::size_t n = node_group_.size(); n-- > 0;) {
    const KdTree::Node& node = tree_.nodes()[n];
    if (node.right >= 0) {
      const std::int32_t left = node_group_[n + 1], right = node_group_[std::size_t(node.right)];
      node_group_[n] = left == right ? left : several;
      continue;
    }
    node_group_[n] = groups.group[std::size_t(tree_.row_at(node.begin))];
    for (std::int32_t place = node.begin; place < node.end; ++place)
      if (groups.group[std::size_t(tree_.row_at(place))] != node_group_[n])
        node_group_[n] = several;
  }
}

void TreeSearch::improve_by(std::int32_t place, const Groups& groups, Edge& best) const {
  const std::int32_t row = tree_.row_at(place), group = groups.group[std::size_t(row)];
  const KdTree::Point& own = tree_.point(place);
  const float core = reachability_.core[std::size_t(row)];
  const auto bound = [&](std::int32_t n) {
    return formulas::mutual_reachability(
        core, least_core_[std::size_t(n)],
        formulas::distance_of(KdTree::squared_distance(own, tree_.nodes()[std::size_t(n)]), false),
        reachability_.alpha);
  };
  std::pair<std::int32_t, float> ahead[KdTree::deepest];  // node, bound
  int count = 0;
  ahead[count++] = {0, core};
  while (count > 0) {
    const auto [number, least] = ahead[--count];
    if (least >= best.reach || node_group_[std::size_t(number)] == group) continue;
    const KdTree::Node& node = tree_.nodes()[std::size_t(number)];
    if (node.right >= 0) {
      std::pair near{number + 1, bound(number + 1)}, far{node.right, bound(node.right)};
      if (far.second < near.second) std::swap(near, far);
      ahead[count++] = far;
      ahead[count++] = near;
      continue;
    }
    for (std::int32_t other = node.begin; other < node.end; ++other) {
      const std::int32_t other_row = tree_.row_at(other);
      if (groups.group[std::size_t(other_row)] == group) continue;
      const float distance =
          formulas::distance_of(KdTree::squared_distance(own, tree_.point(other)), false);
      const float reach = reachability_.reach(row, other_row, distance);
      if (reach < best.reach) best = edge_of(reach, row, other_row);
    }
  }
}

// Groups at the same time, the rows of one after each other: each begins with what the last found.
void TreeSearch::improve(Groups& groups) {
  mark_nodes(groups);
  std::vector<std::vector<std::int32_t>> places(groups.best.size());
  for (std::int32_t place = 0; place < tree_.rows(); ++place) {
    const auto g = std::size_t(groups.group[std::size_t(tree_.row_at(place))]);
    if (groups.asked[g]) places[g].push_back(place);
  }
  std::int64_t done = 0;  // rows
  for (std::size_t begin = 0, end = 0; begin < places.size(); begin = end) {
    report(progress_, "edges between groups", std::uint64_t(done), std::uint64_t(tree_.rows()));
    for (std::int64_t rows = 0; end < places.size() && rows < rows_a_step; ++end) {
      rows += std::ssize(places[end]);
      done += std::ssize(places[end]);
    }
    pool_.run(std::int64_t(end - begin), [&](std::int64_t i) {
      const std::size_t g = begin + std::size_t(i);
      Edge& best = groups.best[g];
      for (const std::int32_t place : places[g])
        if (groups.unseen[std::size_t(tree_.row_at(place))] < best.reach)
          improve_by(place, groups, best);
    });
  }
}

}  // namespace whiteline::hdbscan_parts
