// Rounds of O. Boruvka (1926): every group of rows takes the lightest edge that leaves it. Among
// the edges in the neighbours' lists that is the lightest of all where no edge outside the lists
// can be lighter.
#include "algorithms/hdbscan/spanning_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "algorithms/neighbors/disjoint_sets.hpp"
#include "formulas/distance.hpp"

namespace whiteline::hdbscan_parts {

namespace {

class Forest {
 public:
  Forest(const KnnGraph& graph, const Reachability& reachability)
      : graph_(graph),
        reachability_(reachability),
        sets_(graph.rows),
        unseen_(std::size_t(graph.rows)),
        next_(std::size_t(graph.rows), 0) {
    const bool all_seen = graph.k >= graph.rows - 1;
    for (std::int32_t row = 0; row < graph.rows; ++row)
      unseen_[std::size_t(row)] =
          all_seen
              ? std::numeric_limits<float>::infinity()
              : std::max(core(row), scaled(graph.distances[std::size_t((row + 1) * graph.k - 1)]));
    count_ = sets_.number(group_);
  }

  bool whole() const { return count_ <= 1; }
  std::int32_t groups() const { return count_; }
  std::int64_t edges() const { return std::ssize(edges_); }
  std::vector<Edge>& take() { return edges_; }

  // Joins what the lists show to belong together; false where that is nothing.
  bool join_by_lists() {
    std::vector<Edge> best(static_cast<std::size_t>(count_));
    std::vector<float> bound(best.size(), std::numeric_limits<float>::infinity());
    for (std::int32_t row = 0; row < graph_.rows; ++row) {
      const std::size_t own = std::size_t(group_[std::size_t(row)]);
      bound[own] = std::min(bound[own], unseen_[std::size_t(row)]);
      best[own] = std::min(best[own], lightest_of(row, best[own].reach));
    }
    for (std::size_t g = 0; g < best.size(); ++g)
      if (best[g].reach > bound[g]) best[g] = {};
    return join(best) > 0;
  }

  // Joins by the lightest edge of every group but the largest, which the search finds. Returns the
  // edges there were.
  std::int64_t join_by(OutsideSearch& search) {
    Groups groups{group_, unseen_, std::vector<Edge>(std::size_t(count_)),
                  std::vector<char>(std::size_t(count_), 1)};
    for (std::int32_t row = 0; row < graph_.rows; ++row) offer_all(row, groups.best);
    std::vector<std::int64_t> sizes(groups.best.size(), 0);
    for (const std::int32_t g : group_) ++sizes[std::size_t(g)];
    const auto largest = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
    groups.asked[std::size_t(largest)] = 0;
    search.improve(groups);
    groups.best[std::size_t(largest)] = {};
    return join(groups.best);
  }

 private:
  float core(std::int32_t row) const { return reachability_.core[std::size_t(row)]; }
  float scaled(float distance) const { return distance / reachability_.alpha; }
  bool apart(std::int32_t a, std::int32_t b) const {
    return group_[std::size_t(a)] != group_[std::size_t(b)];
  }

  // The lightest edge of the row's list that leaves its group, where it is below `limit`.
  Edge lightest_of(std::int32_t row, float limit) {
    Edge best;
    std::int64_t& next = next_[std::size_t(row)];
    const std::int32_t* const others = graph_.indices.data() + row * graph_.k;
    const float* const distances = graph_.distances.data() + row * graph_.k;
    while (next < graph_.k && !apart(row, others[next])) ++next;
    if (core(row) >= limit) return best;
    for (std::int64_t m = next; m < graph_.k && scaled(distances[m]) < limit; ++m) {
      if (!apart(row, others[m])) continue;
      const float reach = reachability_.reach(row, others[m], distances[m]);
      if (reach >= limit) continue;
      limit = reach;
      best = edge_of(reach, row, others[m]);
      if (reach <= core(row)) break;  // none is lighter
    }
    return best;
  }

  // All edges of the row's list that leave its group, to both groups.
  void offer_all(std::int32_t row, std::vector<Edge>& best) const {
    for (std::int64_t m = next_[std::size_t(row)]; m < graph_.k; ++m) {
      const std::size_t i = std::size_t(row * graph_.k + m);
      const std::int32_t other = graph_.indices[i];
      if (!apart(row, other)) continue;
      const Edge edge = edge_of(reachability_.reach(row, other, graph_.distances[i]), row, other);
      for (const std::int32_t end : {row, other}) {
        Edge& own = best[std::size_t(group_[std::size_t(end)])];
        own = std::min(own, edge);
      }
    }
  }

  std::int64_t join(const std::vector<Edge>& best) {
    const std::size_t before = edges_.size();
    for (const Edge& edge : best)
      if (edge.exists() && sets_.unite(edge.low, edge.high)) edges_.push_back(edge);
    if (edges_.size() > before) count_ = sets_.number(group_);
    return std::int64_t(edges_.size() - before);
  }

  const KnnGraph& graph_;
  const Reachability& reachability_;
  neighbors::DisjointSets sets_;
  std::vector<float> unseen_;
  std::vector<std::int64_t> next_;   // neighbours before it are of the row's own group
  std::vector<std::int32_t> group_;  // of each row
  std::int32_t count_ = 0;           // of groups
  std::vector<Edge> edges_;
};

}  // namespace

float Reachability::reach(std::int32_t a, std::int32_t b, float distance) const {
  return formulas::mutual_reachability(core[std::size_t(a)], core[std::size_t(b)], distance, alpha);
}

Reachability reachability_of(const KnnGraph& graph, std::int64_t min_samples, double alpha) {
  Reachability out{std::vector<float>(std::size_t(graph.rows), 0.0f), float(alpha)};
  if (min_samples > 1)
    for (std::size_t row = 0; row < out.core.size(); ++row)
      out.core[row] = graph.distances[row * std::size_t(graph.k) + std::size_t(min_samples - 2)];
  return out;
}

SpanningTree spanning_tree(const KnnGraph& graph, const Reachability& reachability,
                           OutsideSearch* search, const Progress& progress) {
  Forest forest(graph, reachability);
  SpanningTree tree;
  while (!forest.whole()) {
    report(progress, "spanning tree", std::uint64_t(forest.edges()), std::uint64_t(graph.rows));
    if (forest.join_by_lists()) continue;
    if (!search)
      throw Unsupported(fmt::format(
          "cannot join all rows by their neighbours alone (they form {} groups whose distances are "
          "not in the graph) pass the rows as well, or a graph with more neighbours",
          forest.groups()));
    const std::int32_t before = forest.groups();
    tree.edges_by_search += forest.join_by(*search);
    require(forest.groups() < before,
            "cannot join all rows (distances divided by alpha are too large for a float) choose a "
            "larger alpha");
  }
  tree.edges = std::move(forest.take());
  std::sort(tree.edges.begin(), tree.edges.end());
  return tree;
}

}  // namespace whiteline::hdbscan_parts
