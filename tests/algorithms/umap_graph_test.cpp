// Graphs and curves that umap-learn gave (tests/golden/make_umap.py), and what they must be like.
#include <gtest/gtest.h>
#include <whiteline/umap.hpp>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "algorithms/umap/supervised.hpp"
#include "support/folders.hpp"
#include "support/random_table.hpp"

namespace whiteline::test {
namespace {

using Json = nlohmann::json;

// umap-learn's bisection for sigma stops at errors of 1e-5 of the memberships' sum.
constexpr double of_umap_learn = 1e-5;

Json golden() {
  Json all;
  std::ifstream(source_folder() / "tests/golden/umap.json") >> all;
  return all;
}

KnnGraph neighbors_of(const Json& one) {
  KnnGraph graph;
  graph.rows = one["rows"];
  graph.k = std::int64_t(one["n_neighbors"]) - 1;
  graph.distances = one["distances"].get<std::vector<float>>();
  graph.indices = one["indices"].get<std::vector<std::int32_t>>();
  return graph;
}

UmapParams params_of(const Json& one) {
  UmapParams params;
  params.n_neighbors = one["n_neighbors"];
  params.local_connectivity = one["local_connectivity"];
  params.set_op_mix_ratio = one["set_op_mix_ratio"];
  return params;
}

FuzzyGraph graph_of(const Table& x, const UmapParams& params, int threads = 2) {
  const Context ctx("cpu", {.threads = threads});
  const Matrix rows = Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
  return fuzzy_graph(ctx, params, knn_graph(ctx, {.k = params.n_neighbors - 1}, rows));
}

void expect_graph(const FuzzyGraph& graph, const Json& wanted) {
  ASSERT_EQ(graph.offsets, wanted["offsets"].get<std::vector<std::int64_t>>());
  ASSERT_EQ(graph.columns, wanted["columns"].get<std::vector<std::int32_t>>());
  for (std::size_t i = 0; i < graph.weights.size(); ++i)
    EXPECT_NEAR(graph.weights[i], wanted["weights"][i], of_umap_learn) << i;
}

void expect_symmetric(const FuzzyGraph& graph) {
  const umap::SparseRows rows{graph.rows, graph.offsets, graph.columns, graph.weights};
  const umap::SparseRows other = umap::transposed(rows);
  EXPECT_EQ(other.offsets, graph.offsets);
  EXPECT_EQ(other.columns, graph.columns);
  EXPECT_EQ(other.weights, graph.weights);
}

TEST(UmapCurve, IsWhatLeastSquaresOfSciPyGive) {
  const Json all = golden();
  for (const Json& one : all["curves"]) {
    const UmapCurve curve = umap_curve(one["min_dist"], one["spread"]);
    EXPECT_NEAR(curve.a, one["a"], 1e-5 * double(one["a"])) << one;
    EXPECT_NEAR(curve.b, one["b"], 1e-5 * double(one["b"])) << one;
  }
  EXPECT_THROW(umap_curve(-0.1, 1.0), InvalidArgument);
  EXPECT_THROW(umap_curve(1.5, 1.0), InvalidArgument);
  EXPECT_THROW(umap_curve(0.0, 0.0), InvalidArgument);
}

TEST(UmapGraph, IsWhatUmapLearnGives) {
  const Context ctx("cpu", {.threads = 1});
  const Json all = golden();
  for (const Json& one : all["graphs"]) {
    SCOPED_TRACE(one["name"].get<std::string>());
    const FuzzyGraph graph = fuzzy_graph(ctx, params_of(one), neighbors_of(one));
    for (std::size_t row = 0; row < std::size_t(graph.rows); ++row) {
      EXPECT_NEAR(graph.rho[row], one["rho"][row], 1e-6 * double(one["rho"][row])) << row;
      EXPECT_NEAR(graph.sigma[row], one["sigma"][row], 3e-5 * double(one["sigma"][row])) << row;
    }
    expect_graph(graph, one["graph"]);
    expect_symmetric(graph);
  }
}

TEST(UmapGraph, HeedsCategoriesAsUmapLearnDoes) {
  const Context ctx("cpu", {.threads = 1});
  core::ThreadPool pool(1);
  const Json all = golden();
  for (const Json& one : all["categories"]) {
    UmapParams params = params_of(all["graphs"][0]);
    params.target_weight = one["target_weight"];
    const UmapTarget target{one["categories"].get<std::vector<std::int32_t>>(), {}};
    const FuzzyGraph graph = umap::supervised(
        ctx, params, fuzzy_graph(ctx, params, neighbors_of(all["graphs"][0])), target, pool);
    expect_graph(graph, one["graph"]);
    expect_symmetric(graph);
  }
}

TEST(UmapGraph, HeedsNumbersAsUmapLearnDoes) {
  const Context ctx("cpu", {.threads = 1});
  core::ThreadPool pool(1);
  const Json all = golden();
  for (const Json& one : all["numbers"]) {
    UmapParams params = params_of(all["graphs"][0]);
    params.target_weight = one["target_weight"];
    params.target_n_neighbors = one["target_n_neighbors"];
    const UmapTarget target{{}, one["numbers"].get<std::vector<float>>()};
    const FuzzyGraph graph = umap::supervised(
        ctx, params, fuzzy_graph(ctx, params, neighbors_of(all["graphs"][0])), target, pool);
    expect_graph(graph, one["graph"]);
    expect_symmetric(graph);
  }
}

TEST(UmapGraph, IsTheSameForEveryNumberOfThreads) {
  const Table x = normal_table(1500, 6, 1);
  const FuzzyGraph want = graph_of(x, {}, 1);
  expect_symmetric(want);
  for (const int threads : {2, 4, 8}) {
    const FuzzyGraph got = graph_of(x, {}, threads);
    EXPECT_EQ(got.columns, want.columns) << threads;
    EXPECT_EQ(got.weights, want.weights) << threads;
    EXPECT_EQ(got.sigma, want.sigma) << threads;
  }
}

TEST(UmapGraph, NearestNeighboursBelongFully) {
  const FuzzyGraph graph = graph_of(normal_table(200, 4, 2), {.n_neighbors = 10});
  for (std::int64_t row = 0; row < graph.rows; ++row) {
    float largest = 0.0f;
    for (std::int64_t e = graph.offsets[at(row)]; e < graph.offsets[at(row) + 1]; ++e) {
      EXPECT_NE(graph.columns[at(e)], row);
      EXPECT_GT(graph.weights[at(e)], 0.0f);
      largest = std::max(largest, graph.weights[at(e)]);
    }
    EXPECT_EQ(largest, 1.0f) << row;
  }
}

TEST(UmapGraph, EqualRowsGetFiniteScales) {
  const FuzzyGraph graph = graph_of(Table(20, 3, 1.0f), {.n_neighbors = 5});
  for (std::int64_t row = 0; row < graph.rows; ++row) {
    EXPECT_EQ(graph.rho[at(row)], 0.0f);
    EXPECT_TRUE(std::isfinite(graph.sigma[at(row)]));
  }
  for (const float weight : graph.weights) EXPECT_EQ(weight, 1.0f);
}

TEST(UmapGraph, LeavesOutEdgesFromTheDistanceAsked) {
  Table x(6, 1);
  for (std::int64_t row = 0; row < 5; ++row) x(row, 0) = float(row) * 0.5f;
  x(5, 0) = 100.0f;
  const FuzzyGraph graph = graph_of(x, {.n_neighbors = 3, .disconnection_distance = 50.0});
  EXPECT_EQ(graph.offsets[5], graph.offsets[6]);
  EXPECT_LT(graph.offsets[4], graph.offsets[5]);
}

TEST(UmapGraph, RefusesGraphsThatDoNotServe) {
  const Context ctx("cpu");
  const Table x = normal_table(30, 4, 3);
  const Matrix rows = Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
  KnnGraph near = knn_graph(ctx, {.k = 5}, rows);
  EXPECT_NO_THROW(fuzzy_graph(ctx, {.n_neighbors = 6}, near));
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 7}, near), InvalidArgument);
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 1}, near), InvalidArgument);
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 6, .metric = Metric::cosine}, near),
               InvalidArgument);
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 6, .set_op_mix_ratio = 1.5}, near),
               InvalidArgument);
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 6, .local_connectivity = -1.0}, near),
               InvalidArgument);
  near.indices[7] = 30;
  EXPECT_THROW(fuzzy_graph(ctx, {.n_neighbors = 6}, near), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test
