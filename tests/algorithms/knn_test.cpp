#include <gtest/gtest.h>
#include <whiteline/error.hpp>
#include <whiteline/neighbors.hpp>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>

#include "algorithms/exact_neighbors.hpp"
#include "reference/neighbors.hpp"
#include "support/ops_backends.hpp"
#include "support/random_table.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

constexpr Metric metrics[] = {Metric::euclidean, Metric::cosine, Metric::correlation};

Table random_rows(std::int64_t rows, std::int64_t channels, unsigned seed) {
  return normal_table(rows, channels, seed, 3.0f);
}

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

KnnGraph graph_of(const Context& ctx, const Table& x, std::int64_t k,
                  Metric metric = Metric::euclidean) {
  return knn_graph(ctx, {.k = k, .metric = metric}, upload(ctx, x));
}

double distance(Metric metric, const std::vector<float>& x, const std::vector<float>& y) {
  if (metric == Metric::euclidean) return reference::euclidean(x, y);
  if (metric == Metric::cosine)
    return reference::cosine({x.begin(), x.end()}, {y.begin(), y.end()});
  return reference::cosine(reference::less_mean(x), reference::less_mean(y));
}

class KnnTest : public OpsTest<&core::Ops::neighbors> {
 protected:
  std::int64_t size() const { return emulated() ? 40 : 257; }
};
INSTANTIATE_TEST_SUITE_P(Backends, KnnTest, all_backends(), backend_name);

TEST_P(KnnTest, IsWhatComparingAllPairsGivesForEverySize) {
  for (const std::int64_t rows : {std::int64_t(2), std::int64_t(31), std::int64_t(33), size()})
    for (const std::int64_t channels : {1, 31, 33, 300})
      for (const std::int64_t k : {std::int64_t(1), std::int64_t(15), rows - 1}) {
        if (k >= rows || (emulated() && (rows == 31 || channels == 31 || channels == 300)))
          continue;
        SCOPED_TRACE(testing::Message() << rows << " x " << channels << ", k " << k);
        const Table x = random_rows(rows, channels, 1);
        expect_exact(graph_of(ctx(), x, k), x);
      }
}

TEST_P(KnnTest, MetricsAreWhatTheirDefinitionsSay) {
  const Table x = random_rows(size(), 70, 2);
  for (const Metric metric : metrics) {
    const KnnGraph graph = graph_of(ctx(), x, 15, metric);
    for (std::int64_t row = 0; row < x.rows; ++row) {
      std::vector<double> all;
      for (std::int64_t other = 0; other < x.rows; ++other)
        if (other != row) all.push_back(distance(metric, x.row(row), x.row(other)));
      std::sort(all.begin(), all.end());
      const double allowed = tolerance(x.cols, std::max(1.0, all.back()));
      for (std::int64_t m = 0; m < graph.k; ++m) {
        const std::size_t i = at(row * graph.k + m);
        EXPECT_NEAR(graph.distances[i], all[at(m)], allowed) << name(metric);
        EXPECT_NEAR(distance(metric, x.row(row), x.row(graph.indices[i])), all[at(m)], allowed);
      }
    }
  }
}

TEST_P(KnnTest, EqualRowsAreNeighboursInTheOrderOfTheirNumbers) {
  Table x(40, 20, 2.5f);
  const KnnGraph graph = graph_of(ctx(), x, 5);
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (std::int64_t m = 0; m < 5; ++m) {
      EXPECT_EQ(graph.indices[at(row * 5 + m)], row <= m ? m + 1 : m);
      EXPECT_EQ(graph.distances[at(row * 5 + m)], 0.0f);
    }
}

// Distances that differ by less than products of these rows can tell.
TEST_P(KnnTest, NearTiesFarFromTheOriginAreStillExact) {
  Table x = random_rows(emulated() ? 102 : 257, 16, 3);
  for (std::int64_t row = 0; row < x.rows; ++row) {
    x(row, 0) = row % 2 == 0 ? 1e4f : -1e4f;
    for (std::int64_t c = 1; c < x.cols; ++c) x(row, c) *= 1e-3f;
  }
  const KnnGraph graph = graph_of(ctx(), x, emulated() ? 1 : 7);
  EXPECT_GT(graph.report.rows_redone, 0);
  expect_exact(graph, x);
}

TEST_P(KnnTest, ClearNeighboursNeedNoSecondLook) {
  const Table x = random_rows(size(), 100, 4);
  const KnnGraph graph =
      knn_graph(ctx(), {.k = 15, .products = NearProducts::float32}, upload(ctx(), x));
  EXPECT_EQ(graph.report.products, NearProducts::float32);
  EXPECT_GE(graph.report.candidates, 15.0);
  EXPECT_LT(graph.report.candidates, 15.1);  // float32 hides next to nothing
  EXPECT_EQ(graph.report.rows_redone, 0);
}

TEST_P(KnnTest, SpectraWithoutADirectionAreAtDistanceOne) {
  Table x = random_rows(20, 33, 5);
  for (const std::int64_t row : {0, 7, 19})
    for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) = 0.0f;
  Table constant = x;
  for (std::int64_t c = 0; c < x.cols; ++c) constant(7, c) = 0.1f;
  for (const auto& [metric, rows] :
       {std::pair{Metric::cosine, x}, std::pair{Metric::correlation, constant}}) {
    const KnnGraph graph = graph_of(ctx(), rows, 19, metric);
    for (std::int64_t m = 0; m < 19; ++m) {
      EXPECT_EQ(graph.distances[at(7 * 19 + m)], 1.0f);
      EXPECT_EQ(graph.indices[at(7 * 19 + m)], m < 7 ? m : m + 1);
    }
    std::set<std::int32_t> seen;
    for (std::int64_t m = 0; m < 19; ++m) {
      const std::size_t i = at(3 * 19 + m);
      seen.insert(graph.indices[i]);
      if (m > 0) {
        EXPECT_GE(graph.distances[i], graph.distances[i - 1]);
      }
      const bool without = graph.indices[i] == 0 || graph.indices[i] == 7 || graph.indices[i] == 19;
      if (without) {
        EXPECT_EQ(graph.distances[i], 1.0f) << name(metric);
      }
    }
    EXPECT_EQ(seen.size(), 19u);
  }
  const KnnGraph nothing = graph_of(ctx(), Table(4, 3), 3, Metric::cosine);
  EXPECT_EQ(nothing.indices, (std::vector<std::int32_t>{1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2}));
  EXPECT_EQ(nothing.distances, std::vector<float>(12, 1.0f));
}

TEST_P(KnnTest, QueriesFindTheRowsThemselvesFirst) {
  const Table x = random_rows(size(), 40, 6);
  const Matrix on_device = upload(ctx(), x);
  const KnnGraph graph = knn_graph(ctx(), {.k = 6}, on_device);
  const KnnGraph found = knn_query(ctx(), {.k = 7}, on_device, on_device);
  for (std::int64_t row = 0; row < x.rows; ++row) {
    EXPECT_EQ(found.indices[at(row * 7)], row);
    EXPECT_EQ(found.distances[at(row * 7)], 0.0f);
    for (std::int64_t m = 0; m < 6; ++m) {
      EXPECT_EQ(found.indices[at(row * 7 + m + 1)], graph.indices[at(row * 6 + m)]);
      EXPECT_EQ(found.distances[at(row * 7 + m + 1)], graph.distances[at(row * 6 + m)]);
    }
  }
  const Table one = random_rows(1, 40, 7);
  const auto want = reference::nearest(one.row(0), x, x.rows, -1);
  const KnnGraph all = knn_query(ctx(), {.k = x.rows}, on_device, upload(ctx(), one));
  EXPECT_EQ(all.indices, want.rows);
}

TEST_P(KnnTest, PermutedRowsHavePermutedNeighbours) {
  const Table x = random_rows(size(), 50, 8);
  std::vector<std::int64_t> order(at(x.rows));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(9));
  Table permuted(x.rows, x.cols);
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (std::int64_t c = 0; c < x.cols; ++c) permuted(row, c) = x(order[at(row)], c);
  const KnnGraph graph = graph_of(ctx(), x, 10), other = graph_of(ctx(), permuted, 10);
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (std::int64_t m = 0; m < 10; ++m)
      EXPECT_EQ(order[at(other.indices[at(row * 10 + m)])],
                graph.indices[at(order[at(row)] * 10 + m)]);
}

TEST(Knn, EveryNumberOfThreadsGivesTheSameBits) {
  const Table x = random_rows(3000, 33, 10);
  const KnnGraph want = graph_of(Context("cpu", {.threads = 1}), x, 20);
  for (const int threads : {2, 3, 8}) {
    const KnnGraph got = graph_of(Context("cpu", {.threads = threads}), x, 20);
    EXPECT_EQ(got.indices, want.indices) << threads;
    EXPECT_EQ(got.distances, want.distances) << threads;
  }
}

TEST(Knn, SmallerGraphsAreThePrefixesOfLargerOnes) {
  const Context ctx("cpu");
  const Table x = random_rows(60, 12, 11);
  const KnnGraph small = graph_of(ctx, x, 9).trimmed(4), want = graph_of(ctx, x, 4);
  EXPECT_EQ(small.indices, want.indices);
  EXPECT_EQ(small.distances, want.distances);
  EXPECT_THROW(want.trimmed(5), InvalidArgument);
  EXPECT_THROW(want.trimmed(0), InvalidArgument);
}

TEST(Knn, RefusesWhatItCannotDo) {
  const Context ctx("cpu");
  Table x = random_rows(10, 4, 12);
  EXPECT_THROW(graph_of(ctx, x, 0), InvalidArgument);
  EXPECT_THROW(graph_of(ctx, x, 10), InvalidArgument);
  EXPECT_THROW(graph_of(ctx, Table(1, 4), 1), InvalidArgument);
  EXPECT_THROW(graph_of(ctx, Table(0, 4), 1), InvalidArgument);
  EXPECT_THROW(graph_of(ctx, Table(4, 0), 1), InvalidArgument);
  EXPECT_THROW(knn_query(ctx, {.k = 2}, upload(ctx, x), upload(ctx, Table(3, 5))), InvalidArgument);
  x(6, 2) = std::numeric_limits<float>::quiet_NaN();
  try {
    graph_of(ctx, x, 3);
    ADD_FAILURE() << "NaN was taken";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("row 6"), std::string::npos) << error.what();
  }
  const Context poor("cpu", {.memory_limit = 4096});
  EXPECT_THROW(graph_of(poor, random_rows(100, 50, 13), 5), OutOfMemory);
  EXPECT_THROW(metric_named("manhattan"), InvalidArgument);
}

TEST(Knn, StopsWhenTheCallerSaysSo) {
  const Context ctx("cpu");
  const Table x = random_rows(4000, 300, 14);  // more than one step
  int calls = 0;
  const Progress stop = [&](const ProgressEvent&) { return ++calls < 2; };
  EXPECT_THROW(knn_graph(ctx, {.k = 3, .progress = stop}, upload(ctx, x)), Cancelled);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace whiteline::test
