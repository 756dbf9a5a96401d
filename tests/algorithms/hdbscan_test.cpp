// Density clustering: what its parameters mean, and what does not change its answer.
#include <gtest/gtest.h>
#include <whiteline/hdbscan.hpp>
#include <whiteline/spectra.hpp>

#include <numeric>
#include <random>

#include "algorithms/hdbscan_cases.hpp"
#include "reference/neighbors.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

TEST(Hdbscan, EveryNumberOfThreadsGivesTheSameResult) {
  for (const std::int64_t cols : {2, 24}) {
    const Table x = blobs(1500, cols, 5, 7, 25.0f);
    std::vector<HdbscanResult> fits;
    for (const int threads : {1, 2, 8}) {
      const Context ctx("cpu", {.threads = threads});
      fits.push_back(hdbscan(ctx, {.min_cluster_size = 20}, upload(ctx, x)));
    }
    EXPECT_EQ(fits[0].clusters, 5);
    for (const HdbscanResult& fit : fits) {
      EXPECT_EQ(fit.labels, fits[0].labels);
      EXPECT_EQ(fit.probabilities, fits[0].probabilities);
      EXPECT_EQ(fit.outlier_scores, fits[0].outlier_scores);
      EXPECT_EQ(fit.relative_validity, fits[0].relative_validity);
    }
  }
}

// Each label in terms of the first row that has it.
std::vector<std::int32_t> by_first_row(const std::vector<std::int32_t>& labels) {
  std::map<std::int32_t, std::int32_t> first;
  std::vector<std::int32_t> out;
  for (std::int32_t row = 0; row < std::ssize(labels); ++row)
    out.push_back(labels[at(row)] == no_label ? no_label
                                              : first.emplace(labels[at(row)], row).first->second);
  return out;
}

TEST(Hdbscan, PermutedRowsHavePermutedLabels) {
  const Context ctx("cpu");
  for (const std::int64_t cols : {2, 30})
    for (const Table& x : {blobs(200, cols, 3, 8), grid_points(200, cols, 9, 7)}) {
      std::vector<std::int32_t> order(at(x.rows));
      std::iota(order.begin(), order.end(), 0);
      std::shuffle(order.begin(), order.end(), std::mt19937(10));
      Table permuted(x.rows, x.cols);
      for (std::int64_t row = 0; row < x.rows; ++row)
        for (std::int64_t c = 0; c < x.cols; ++c) permuted(row, c) = x(order[at(row)], c);
      const HdbscanParams params{.min_cluster_size = 6, .min_samples = 3};
      const auto fit = hdbscan(ctx, params, upload(ctx, x));
      const auto other = hdbscan(ctx, params, upload(ctx, permuted));
      std::vector<std::int32_t> back(at(x.rows));
      std::vector<float> probabilities(at(x.rows));
      for (std::int64_t row = 0; row < x.rows; ++row) {
        back[at(order[at(row)])] = other.labels[at(row)];
        probabilities[at(order[at(row)])] = other.probabilities[at(row)];
      }
      EXPECT_EQ(by_first_row(back), by_first_row(fit.labels));
      EXPECT_EQ(probabilities, fit.probabilities);
    }
}

TEST(Hdbscan, ASweepGivesWhatSingleFitsGive) {
  const Context ctx("cpu");
  const Table x = blobs(150, 8, 3, 11);
  const Matrix on_device = upload(ctx, x);
  const HdbscanSweep sweep{{1, 4, 9}, {2, 5, 20}};
  const auto all = hdbscan_sweep(ctx, {}, sweep, on_device);
  const KnnGraph graph = knn_graph(ctx, {.k = 30}, on_device);
  const auto from_graph = hdbscan_sweep(ctx, {}, sweep, on_device, graph);
  ASSERT_EQ(all.size(), 9u);
  ASSERT_EQ(from_graph.size(), 9u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto one = hdbscan(ctx,
                             {.min_cluster_size = sweep.min_cluster_sizes[i % 3],
                              .min_samples = sweep.min_samples[i / 3]},
                             on_device);
    for (const HdbscanResult& fit : {all[i], from_graph[i]}) {
      EXPECT_EQ(fit.min_samples, sweep.min_samples[i / 3]);
      EXPECT_EQ(fit.min_cluster_size, sweep.min_cluster_sizes[i % 3]);
      EXPECT_EQ(fit.labels, one.labels);
      EXPECT_EQ(fit.probabilities, one.probabilities);
      EXPECT_EQ(fit.outlier_scores, one.outlier_scores);
      EXPECT_EQ(fit.tree.row_lambda, one.tree.row_lambda);
    }
  }
}

TEST(Hdbscan, EqualRowsAreOneDenseCluster) {
  const Context ctx("cpu");
  const Matrix x = upload(ctx, Table(30, 4, 2.5f));
  const auto noise = hdbscan(ctx, {}, x);
  EXPECT_EQ(noise.clusters, 0) << "the root is no cluster unless it may be";
  const auto one = hdbscan(ctx, {.single_cluster = HdbscanParams::SingleCluster::allow}, x);
  EXPECT_EQ(one.labels, std::vector<std::int32_t>(30, 0));
  EXPECT_EQ(one.probabilities, std::vector<float>(30, 1.0f));
  EXPECT_EQ(one.outlier_scores, std::vector<float>(30, 0.0f));
}

TEST(Hdbscan, FewerRowsThanAClusterNeedsAreNoise) {
  const Context ctx("cpu");
  for (const std::int64_t rows : {1, 2, 7})
    for (const auto single :
         {HdbscanParams::SingleCluster::refuse, HdbscanParams::SingleCluster::allow}) {
      const auto fit = hdbscan(ctx, {.min_cluster_size = 8, .single_cluster = single},
                               upload(ctx, normal_table(rows, 3, 12)));
      EXPECT_EQ(fit.labels, std::vector<std::int32_t>(at(rows), no_label));
      EXPECT_EQ(fit.probabilities, std::vector<float>(at(rows), 0.0f));
      EXPECT_EQ(fit.clusters, 0);
    }
}

TEST(Hdbscan, NeighboursAloneSufficeOnlyWhereTheyJoinAllRows) {
  const Context ctx("cpu");
  const Matrix x = upload(ctx, blobs(90, 5, 3, 13, 100.0f));
  const KnnGraph graph = knn_graph(ctx, {.k = 12}, x);
  try {
    hdbscan({.min_samples = 5}, graph);
    ADD_FAILURE() << "three groups were joined by nothing";
  } catch (const Unsupported& error) {
    EXPECT_NE(std::string(error.what()).find("3 groups"), std::string::npos) << error.what();
  }
  const auto fit = hdbscan(ctx, {.min_samples = 5}, x, graph);
  EXPECT_EQ(fit.report.edges_by_search, 2);
  EXPECT_EQ(fit.labels, hdbscan(ctx, {.min_samples = 5}, x).labels);
}

TEST(Hdbscan, AGraphOfPointsOfThePlaneGivesWhatTheirTreeGives) {
  const Context ctx("cpu");
  const HdbscanParams params{.min_cluster_size = 6, .min_samples = 4};
  for (const float far : {1.0f, 100.0f}) {  // without and with edges that the graph does not know
    const Matrix x = upload(ctx, blobs(90, 2, 3, 13, far));
    const auto by_graph = hdbscan(ctx, params, x, knn_graph(ctx, {.k = 12}, x));
    const auto by_tree = hdbscan(ctx, params, x);
    EXPECT_EQ(by_graph.labels, by_tree.labels);
    EXPECT_EQ(by_graph.tree.row_lambda, by_tree.tree.row_lambda);
  }
}

TEST(Hdbscan, NewRowsFallWhereTheirNearestEdgeLeads) {
  const Context ctx("cpu");
  const Table x = blobs(240, 6, 3, 14, 30.0f);
  const Matrix on_device = upload(ctx, x);
  const HdbscanParams params{.min_cluster_size = 15, .min_samples = 5};
  const auto fit = hdbscan(ctx, params, on_device);
  ASSERT_EQ(fit.clusters, 3);
  Table asked = blobs(31, 6, 3, 15, 30.0f);
  for (std::int64_t c = 0; c < asked.cols; ++c) asked(30, c) = -500.0f;
  const auto placed = hdbscan_predict(ctx, params, fit, on_device, upload(ctx, asked));
  for (std::int64_t row = 0; row < 30; ++row) {
    if (placed.labels[at(row)] == no_label) continue;
    EXPECT_EQ(placed.labels[at(row)], fit.labels[at(row % 3)]);
    EXPECT_GT(placed.probabilities[at(row)], 0.0f);
  }
  EXPECT_LT(std::count(placed.labels.begin(), placed.labels.end(), no_label), 8);
  EXPECT_EQ(placed.labels[30], no_label);
  EXPECT_EQ(placed.probabilities[30], 0.0f);
  Table one(1, 6);
  std::copy_n(asked.values.begin() + 4 * 6, 6, one.values.begin());
  const auto alone = hdbscan_predict(ctx, params, fit, on_device, upload(ctx, one));
  EXPECT_EQ(alone.labels[0], placed.labels[4]);
  EXPECT_EQ(alone.probabilities[0], placed.probabilities[4]);
  EXPECT_THROW(hdbscan_predict(ctx, params, fit, upload(ctx, one), upload(ctx, one)),
               InvalidArgument);
}

// The lightest edge of a new row among all, and how that compares with the densest of the cluster.
TEST(Hdbscan, ProbabilitiesOfNewRowsAreThoseOfTheirLightestEdge) {
  const Context ctx("cpu");
  const Table x = blobs(90, 3, 2, 20, 20.0f), asked = blobs(25, 3, 2, 21, 20.0f);
  const HdbscanParams params{.min_cluster_size = 10, .min_samples = 4};
  const auto fit = hdbscan(ctx, params, upload(ctx, x));
  ASSERT_EQ(fit.clusters, 2);
  const auto placed = hdbscan_predict(ctx, params, fit, upload(ctx, x), upload(ctx, asked));
  std::int64_t compared = 0;
  for (std::int64_t row = 0; row < asked.rows; ++row) {
    const auto near = reference::nearest(asked.row(row), x, x.rows, -1);
    const float core = std::sqrt(near.squared_distances[2]);
    double lightest = std::numeric_limits<double>::infinity(), densest = 0.0;
    for (std::int64_t m = 0; m < x.rows; ++m)
      lightest = std::min(lightest, double(std::max({core, std::sqrt(near.squared_distances[at(m)]),
                                                     fit.core_distances[at(near.rows[at(m)])]})));
    if (placed.labels[at(row)] == no_label) continue;
    const std::int32_t cluster = fit.selected[at(placed.labels[at(row)])];
    for (std::int64_t other = 0; other < x.rows; ++other)
      if (fit.tree.row_cluster[at(other)] == cluster)
        densest = std::max(densest, fit.tree.row_lambda[at(other)]);
    for (const CondensedTree::Cluster& below : fit.tree.clusters)
      if (below.parent == cluster) densest = std::max(densest, below.birth);
    EXPECT_FLOAT_EQ(placed.probabilities[at(row)], float(std::min(1.0, 1.0 / lightest / densest)));
    ++compared;
  }
  EXPECT_GT(compared, 15);
}

TEST(Hdbscan, RefusesWhatMakesNoSense) {
  const Context ctx("cpu");
  const Matrix x = upload(ctx, normal_table(20, 4, 16));
  const auto refused = [&](const HdbscanParams& params) {
    EXPECT_THROW(hdbscan(ctx, params, x), InvalidArgument);
  };
  refused({.min_cluster_size = 1});
  refused({.min_samples = 21});
  refused({.min_samples = -1});
  refused({.cluster_selection_epsilon = -0.5});
  refused({.max_cluster_size = 3});
  refused({.alpha = 0.0});
  refused({.alpha = 1e-40});
  EXPECT_THROW(hdbscan(ctx, {}, Matrix(ctx, 0, 4)), InvalidArgument);
  Table bad = normal_table(20, 2, 17);
  bad(3, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(hdbscan(ctx, {}, upload(ctx, bad)), InvalidArgument);
  const KnnGraph graph = knn_graph(ctx, {.k = 6}, x);
  EXPECT_THROW(hdbscan(ctx, {.min_samples = 8}, x, graph), InvalidArgument);
  EXPECT_THROW(hdbscan(ctx, {.metric = Metric::cosine}, x, graph), InvalidArgument);
  EXPECT_THROW(hdbscan(ctx, {}, upload(ctx, normal_table(20, 4, 18)), graph), InvalidArgument);
  const KnnGraph of_queries = knn_query(ctx, {.k = 6}, x, upload(ctx, normal_table(5, 4, 19)));
  EXPECT_THROW(hdbscan({.min_cluster_size = 3, .min_samples = 2}, of_queries), InvalidArgument);
  EXPECT_THROW(hdbscan({.min_samples = 1}, KnnGraph{.rows = 5}), InvalidArgument);
  EXPECT_THROW(hdbscan_sweep(ctx, {}, {{}, {5}}, x), InvalidArgument);
  EXPECT_THROW(hdbscan_sweep(ctx, {}, {{0}, {5}}, x), InvalidArgument);
}

TEST(Hdbscan, StopsWhenTheCallerSaysSo) {
  const Context ctx("cpu");
  for (const std::int64_t cols : {2, 5}) {
    int calls = 0;
    const Progress stop = [&](const ProgressEvent& event) {
      ++calls;
      return event.stage != "spanning tree";
    };
    EXPECT_THROW(hdbscan(ctx, {.progress = stop}, upload(ctx, blobs(50, cols, 2, 19))), Cancelled);
    EXPECT_EQ(calls, 2);
  }
}

TEST(Hdbscan, StopsInSearchesThatTakeLong) {
  const Context ctx("cpu");
  const auto stop = [](std::string_view stage) {
    return [=](const ProgressEvent& event) { return event.stage != stage; };
  };
  for (const std::int64_t cols : {2, 5})
    EXPECT_THROW(hdbscan(ctx, {.progress = stop("edges between groups")},
                         upload(ctx, blobs(100, cols, 2, 19, 50.0f))),
                 Cancelled);
  EXPECT_THROW(hdbscan(ctx, {.progress = stop("tree")}, upload(ctx, blobs(10'000, 2, 2, 20))),
               Cancelled);
}

}  // namespace
}  // namespace whiteline::test
