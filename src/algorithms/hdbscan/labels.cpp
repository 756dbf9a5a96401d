#include "algorithms/hdbscan/labels.hpp"

#include <whiteline/spectra.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "algorithms/hdbscan/condensed_tree.hpp"
#include "algorithms/hdbscan/selection.hpp"

namespace whiteline::hdbscan_parts {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Rows of the root that belong to it, where it is the one cluster: those that leave it last.
double threshold_of(const HdbscanParams& params, const HdbscanResult& result) {
  if (result.selected != std::vector<std::int32_t>{0}) return 0.0;
  if (params.cluster_selection_epsilon > 0.0) return 1.0 / params.cluster_selection_epsilon;
  return largest_lambdas(result.tree).front();
}

void score_outliers(HdbscanResult& result) {
  const CondensedTree& tree = result.tree;
  std::vector<double> deepest = largest_lambdas(tree);  // in each cluster and those below it
  for (std::size_t c = deepest.size(); c-- > 1;) {
    double& parent = deepest[std::size_t(tree.clusters[c].parent)];
    parent = std::max(parent, deepest[c]);
  }
  result.outlier_scores.clear();
  for (std::size_t row = 0; row < tree.row_lambda.size(); ++row) {
    const double lambda = tree.row_lambda[row],
                 largest = deepest[std::size_t(tree.row_cluster[row])];
    double score = 0.0;
    if (largest > 0.0 && std::isfinite(lambda))
      score = std::isfinite(largest) ? (largest - lambda) / largest : 1.0;
    result.outlier_scores.push_back(float(score));
  }
}

struct Extent {
  double longest = 0.0;       // edge within the cluster
  double nearest = infinity;  // edge to another
  std::int64_t rows = 0;
};

double relative_validity(const SpanningTree& spanning, const HdbscanResult& result) {
  std::vector<Extent> extents(static_cast<std::size_t>(result.clusters));
  for (const std::int32_t label : result.labels)
    if (label != no_label) ++extents[std::size_t(label)].rows;
  double longest = 0.0, to_noise = infinity;
  for (const Edge& edge : spanning.edges) {
    const double reach = edge.reach;
    const std::int32_t a = result.labels[std::size_t(edge.low)],
                       b = result.labels[std::size_t(edge.high)];
    longest = std::max(longest, reach);
    if (a == b && a != no_label) {
      extents[std::size_t(a)].longest = std::max(extents[std::size_t(a)].longest, reach);
    } else if (a != no_label && b != no_label) {
      for (const std::int32_t label : {a, b})
        extents[std::size_t(label)].nearest = std::min(extents[std::size_t(label)].nearest, reach);
    } else if (a != b) {
      to_noise = std::min(to_noise, reach);
    }
  }
  // A cluster that touches no other is further than any edge is long.
  const double apart = 2.0 * (result.clusters > 1 || to_noise == infinity ? longest : to_noise);
  double sum = 0.0;
  for (const Extent& extent : extents) {
    const double nearest = extent.nearest == infinity ? apart : extent.nearest;
    const double larger = std::max(nearest, extent.longest);
    if (larger > 0.0) sum += double(extent.rows) * (nearest - extent.longest) / larger;
  }
  return sum / double(result.labels.size());
}

}  // namespace

Membership::Membership(const CondensedTree& tree, const std::vector<std::int32_t>& selected,
                       double threshold)
    : label_of_(tree.clusters.size(), no_label), threshold_(threshold) {
  const std::vector<double> largest = largest_lambdas(tree);
  for (std::size_t i = 0; i < selected.size(); ++i) {
    label_of_[std::size_t(selected[i])] = std::int32_t(i);
    largest_of_label_.push_back(largest[std::size_t(selected[i])]);
  }
  for (std::size_t c = 1; c < label_of_.size(); ++c)
    if (label_of_[c] == no_label) label_of_[c] = label_of_[std::size_t(tree.clusters[c].parent)];
}

std::int32_t Membership::label(std::int32_t cluster, double lambda) const {
  return lambda >= threshold_ ? label_of_[std::size_t(cluster)] : no_label;
}

float Membership::probability(std::int32_t label, double lambda) const {
  if (label == no_label) return 0.0f;
  const double largest = largest_of_label_[std::size_t(label)];
  if (largest == 0.0 || lambda >= largest) return 1.0f;
  return std::isfinite(largest) ? float(lambda / largest) : 0.0f;
}

void label_rows(const HdbscanParams& params, const SpanningTree& spanning, HdbscanResult& result) {
  const CondensedTree& tree = result.tree;
  if (std::ssize(tree.row_cluster) >= params.min_cluster_size)
    result.selected = selected_clusters(tree, params);
  result.clusters = std::int32_t(result.selected.size());
  result.threshold = threshold_of(params, result);
  const Membership membership(tree, result.selected, result.threshold);
  for (std::size_t row = 0; row < tree.row_cluster.size(); ++row) {
    const double lambda = tree.row_lambda[row];
    result.labels.push_back(membership.label(tree.row_cluster[row], lambda));
    result.probabilities.push_back(membership.probability(result.labels.back(), lambda));
  }
  score_outliers(result);
  result.relative_validity = relative_validity(spanning, result);
}

}  // namespace whiteline::hdbscan_parts
