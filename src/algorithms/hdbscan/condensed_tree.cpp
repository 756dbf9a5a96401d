#include "algorithms/hdbscan/condensed_tree.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::hdbscan_parts {

namespace {

class Condenser {
 public:
  Condenser(const Dendrogram& dendrogram, std::int64_t min_cluster_size)
      : dendrogram_(dendrogram), min_cluster_size_(min_cluster_size) {
    const std::int64_t rows = dendrogram.node(dendrogram.root()).size;
    tree_.row_cluster.assign(std::size_t(rows), 0);
    tree_.row_lambda.assign(std::size_t(rows), 0.0);
  }

  CondensedTree run() {
    add_cluster(dendrogram_.root(), -1, 0.0);
    for (std::size_t cluster = 0; cluster < nodes_.size(); ++cluster)
      follow(nodes_[cluster], std::int32_t(cluster));
    return std::move(tree_);
  }

 private:
  void add_cluster(std::int32_t node, std::int32_t parent, double birth) {
    nodes_.push_back(node);
    tree_.clusters.push_back({parent, birth, dendrogram_.node(node).size, 0.0});
  }

  bool large(std::int32_t node) const { return dendrogram_.node(node).size >= min_cluster_size_; }

  // Down from `node`, where the cluster begins, to where nothing of it is left.
  void follow(std::int32_t node, std::int32_t cluster) {
    for (;;) {
      const auto parts = dendrogram_.children(node);
      if (parts.empty()) return;  // one row, the whole set
      const double lambda = 1.0 / double(dendrogram_.node(node).reach);
      const auto large_parts =
          std::count_if(parts.begin(), parts.end(), [&](std::int32_t part) { return large(part); });
      std::int32_t goes_on = -1;
      for (const std::int32_t part : parts) {
        if (!large(part))
          fall_out(part, cluster, lambda);
        else if (large_parts == 1)
          goes_on = part;
        else
          add_cluster(part, cluster, lambda);
      }
      if (goes_on < 0) return;
      node = goes_on;
    }
  }

  void fall_out(std::int32_t part, std::int32_t cluster, double lambda) {
    dendrogram_.each_row(part, [&](std::int32_t row) {
      tree_.row_cluster[std::size_t(row)] = cluster;
      tree_.row_lambda[std::size_t(row)] = lambda;
    });
  }

  const Dendrogram& dendrogram_;
  std::int64_t min_cluster_size_;
  CondensedTree tree_;
  std::vector<std::int32_t> nodes_;  // where each cluster begins
};

// visit(cluster, lambda, rows) for every row and every cluster that leaves a cluster.
template <class Visit>
void each_departure(const CondensedTree& tree, Visit&& visit) {
  for (std::size_t row = 0; row < tree.row_cluster.size(); ++row)
    visit(std::size_t(tree.row_cluster[row]), tree.row_lambda[row], std::int64_t(1));
  for (std::size_t cluster = 1; cluster < tree.clusters.size(); ++cluster) {
    const CondensedTree::Cluster& own = tree.clusters[cluster];
    visit(std::size_t(own.parent), own.birth, own.size);
  }
}

// How much denser than at the birth of its cluster; rows that are equal stay to the end.
double gain(double lambda, double birth) {
  if (std::isinf(lambda)) return std::isinf(birth) ? 0.0 : lambda;
  return lambda - birth;
}

void add_stabilities(CondensedTree& tree) {
  each_departure(tree, [&](std::size_t cluster, double lambda, std::int64_t rows) {
    CondensedTree::Cluster& own = tree.clusters[cluster];
    own.stability += gain(lambda, own.birth) * double(rows);
  });
}

}  // namespace

CondensedTree condensed(const Dendrogram& dendrogram, std::int64_t min_cluster_size) {
  CondensedTree tree = Condenser(dendrogram, min_cluster_size).run();
  add_stabilities(tree);
  return tree;
}

std::vector<double> largest_lambdas(const CondensedTree& tree) {
  std::vector<double> largest(tree.clusters.size(), 0.0);
  each_departure(tree, [&](std::size_t cluster, double lambda, std::int64_t) {
    largest[cluster] = std::max(largest[cluster], lambda);
  });
  return largest;
}

}  // namespace whiteline::hdbscan_parts
