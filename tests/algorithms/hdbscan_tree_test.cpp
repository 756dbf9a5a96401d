// The hierarchy of density clustering against all pairs.
#include <gtest/gtest.h>
#include <whiteline/hdbscan.hpp>

#include <map>

#include "algorithms/hdbscan_cases.hpp"
#include "reference/hdbscan.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

// Where two rows first are together, by the tree: the groups at this distance. Only for trees whose
// clusters may have two rows.
std::vector<std::int32_t> groups_at(const CondensedTree& tree, double distance) {
  const double lambda = 1.0 / distance;
  std::map<std::int32_t, std::int32_t> first_row;
  std::vector<std::int32_t> group;
  for (std::int32_t row = 0; row < std::ssize(tree.row_cluster); ++row) {
    if (tree.row_lambda[at(row)] < lambda) {
      group.push_back(row);
      continue;
    }
    std::int32_t cluster = tree.row_cluster[at(row)];
    while (cluster > 0 && tree.clusters[at(cluster)].birth >= lambda)
      cluster = tree.clusters[at(cluster)].parent;
    group.push_back(first_row.emplace(cluster, row).first->second);
  }
  return group;
}

void expect_levels_of(const std::vector<float>& reach, std::int64_t rows,
                      const CondensedTree& tree) {
  for (const float level : reference::levels(reach, rows))
    ASSERT_EQ(groups_at(tree, level), reference::components(reach, rows, level)) << level;
}

class HdbscanTest : public OpsTest<&core::Ops::neighbors> {};
INSTANTIATE_TEST_SUITE_P(Backends, HdbscanTest, all_backends(), backend_name);

TEST_P(HdbscanTest, GroupsAtEveryDistanceAreThoseOfAllPairs) {
  for (const std::int64_t cols : {1, 2, 3, 5, 40})
    for (const std::int64_t rows : {2, 3, 31, 60})
      for (const std::int64_t min_samples : {std::int64_t(1), std::int64_t(2), rows / 2, rows}) {
        if (min_samples < 1 || (emulated() && (cols < 3 || cols == 40 || rows > 31))) continue;
        for (const Table& x : {blobs(rows, cols, 3, 1), grid_points(rows, cols, 2)}) {
          SCOPED_TRACE(testing::Message() << rows << " x " << cols << ", " << min_samples);
          const auto fit =
              hdbscan(ctx(), {.min_cluster_size = 2, .min_samples = min_samples}, upload(ctx(), x));
          expect_levels_of(
              reference::mutual_reachability(reference::euclidean_distances(x), rows, min_samples),
              rows, fit.tree);
        }
      }
}

// Groups of equal rows are not in each other's lists, whatever the lists' length.
TEST_P(HdbscanTest, FarGroupsOfManyEqualRowsAreJoinedExactly) {
  for (const std::int64_t cols : {2, 4}) {
    Table x(80, cols);
    for (std::int64_t row = 0; row < x.rows; ++row)
      for (std::int64_t c = 0; c < cols; ++c) x(row, c) = float((row % 4) * (row % 4) * (c + 1));
    const auto fit = hdbscan(ctx(), {.min_cluster_size = 2, .min_samples = 3}, upload(ctx(), x));
    expect_levels_of(reference::mutual_reachability(reference::euclidean_distances(x), x.rows, 3),
                     x.rows, fit.tree);
    EXPECT_EQ(fit.report.edges_by_search, 3);
    EXPECT_EQ(fit.clusters, 4);
    for (std::int64_t row = 4; row < x.rows; ++row)
      EXPECT_EQ(fit.labels[at(row)], fit.labels[at(row % 4)]);
    EXPECT_EQ(fit.probabilities, std::vector<float>(80, 1.0f));
  }
}

// Clusters apart, of which the lists know nothing.
TEST_P(HdbscanTest, DistantClustersAreJoinedExactlyForEveryMetric) {
  const std::int64_t rows = emulated() ? 36 : 72;
  for (const Metric metric : {Metric::euclidean, Metric::cosine, Metric::correlation}) {
    Table x = blobs(rows, 20, 3, 4, 40.0f);
    for (const std::int64_t row : {3, 17}) {  // without direction
      for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) = 0.0f;
    }
    const Matrix on_device = upload(ctx(), x);
    const KnnGraph all = knn_graph(ctx(), {.k = rows - 1, .metric = metric}, on_device);
    std::vector<float> distances(at(rows * rows), 0.0f);
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t m = 0; m < rows - 1; ++m)
        distances[at(row * rows + all.indices[at(row * (rows - 1) + m)])] =
            all.distances[at(row * (rows - 1) + m)];
    for (const std::int64_t min_samples : {1, 4}) {
      const HdbscanParams params{
          .min_cluster_size = 2, .min_samples = min_samples, .metric = metric};
      const auto fit = hdbscan(ctx(), params, on_device);
      expect_levels_of(reference::mutual_reachability(distances, rows, min_samples), rows,
                       fit.tree);
      const auto from_graph = hdbscan(params, all);
      EXPECT_EQ(from_graph.labels, fit.labels);
      EXPECT_EQ(from_graph.tree.row_lambda, fit.tree.row_lambda);
      EXPECT_EQ(from_graph.report.edges_by_search, 0);
    }
  }
}

// Of the tree: the weight of all levels, each as often as groups join at it.
double weight_of(const CondensedTree& tree, const std::vector<float>& levels) {
  double weight = 0.0;
  std::int64_t before = std::ssize(tree.row_cluster);
  for (const float level : levels) {
    const std::vector<std::int32_t> group = groups_at(tree, level);
    std::int64_t groups = 0;
    for (std::int32_t row = 0; row < std::ssize(group); ++row) groups += group[at(row)] == row;
    weight += double(level) * double(before - groups);
    before = groups;
  }
  return weight;
}

TEST(Hdbscan, TheSpanningTreeWeighsWhatPrimsDoesInDouble) {
  const Context ctx("cpu", {.threads = 2});
  for (const std::int64_t cols : {2, 50})
    for (const std::int64_t min_samples : {1, 8}) {
      const Table x = blobs(120, cols, 4, 5, 30.0f);
      std::vector<double> distances;
      for (std::int64_t i = 0; i < x.rows; ++i)
        for (std::int64_t j = 0; j < x.rows; ++j)
          distances.push_back(reference::euclidean(x.row(i), x.row(j)));
      const double want = reference::spanning_weight(
          reference::mutual_reachability(distances, x.rows, min_samples), x.rows);
      const auto fit =
          hdbscan(ctx, {.min_cluster_size = 2, .min_samples = min_samples}, upload(ctx, x));
      const auto reach =
          reference::mutual_reachability(reference::euclidean_distances(x), x.rows, min_samples);
      EXPECT_NEAR(weight_of(fit.tree, reference::levels(reach, x.rows)), want,
                  tolerance(x.cols, want));
    }
}

TEST(Hdbscan, AlphaDividesDistancesButNotCoreDistances) {
  const Context ctx("cpu");
  const Table x = blobs(70, 6, 3, 6);
  const auto fit =
      hdbscan(ctx, {.min_cluster_size = 2, .min_samples = 4, .alpha = 1.25}, upload(ctx, x));
  expect_levels_of(
      reference::mutual_reachability(reference::euclidean_distances(x), x.rows, 4, 1.25f), x.rows,
      fit.tree);
}

}  // namespace
}  // namespace whiteline::test
