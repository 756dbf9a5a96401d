// Where new rows would fall in a hierarchy that stays as it is.
#include <whiteline/hdbscan.hpp>

#include <algorithm>

#include "algorithms/hdbscan/labels.hpp"
#include "formulas/distance.hpp"

namespace whiteline {

namespace {

void check(const HdbscanResult& fitted, const Matrix& x) {
  const auto rows = std::size_t(x.rows());
  require(fitted.labels.size() == rows && fitted.core_distances.size() == rows &&
              fitted.tree.row_cluster.size() == rows && fitted.min_samples >= 1 && rows >= 1,
          "cannot place new rows (the clusters were found among other rows) pass those");
}

}  // namespace

HdbscanPrediction hdbscan_predict(const Context& ctx, const HdbscanParams& params,
                                  const HdbscanResult& fitted, const Matrix& x,
                                  const Matrix& queries) {
  check(fitted, x);
  const std::int64_t k = std::min(2 * fitted.min_samples, x.rows());
  const KnnGraph near =
      knn_query(ctx, {.k = k, .metric = params.metric, .progress = params.progress}, x, queries);
  const CondensedTree& tree = fitted.tree;
  const hdbscan_parts::Membership membership(tree, fitted.selected, fitted.threshold);
  HdbscanPrediction out;
  for (std::int64_t row = 0; row < queries.rows(); ++row) {
    const float* const distances = near.distances.data() + row * k;
    const std::int32_t* const others = near.indices.data() + row * k;
    const float core = fitted.min_samples > 1 ? distances[fitted.min_samples - 2] : 0.0f;
    const auto reach = [&](std::int64_t m) {
      return formulas::mutual_reachability(core, fitted.core_distances[std::size_t(others[m])],
                                           distances[m], float(params.alpha));
    };
    std::int64_t nearest = 0;  // of equal edges the one to the nearest row
    for (std::int64_t m = 1; m < k; ++m)
      if (reach(m) < reach(nearest)) nearest = m;
    const double lambda = 1.0 / double(reach(nearest));
    std::int32_t cluster = tree.row_cluster[std::size_t(others[nearest])];
    while (cluster > 0 && tree.clusters[std::size_t(cluster)].birth > lambda)
      cluster = tree.clusters[std::size_t(cluster)].parent;
    out.labels.push_back(membership.label(cluster, lambda));
    out.probabilities.push_back(membership.probability(out.labels.back(), lambda));
  }
  return out;
}

}  // namespace whiteline
