// Whatever products find the candidates, the neighbours are the same bits.
#include <gtest/gtest.h>
#include <whiteline/error.hpp>
#include <whiteline/neighbors.hpp>

#include <cmath>

#include "algorithms/exact_neighbors.hpp"
#include "reference/neighbors.hpp"
#include "support/backends.hpp"
#include "support/random_table.hpp"

namespace whiteline::test::knn_products_test {
namespace {

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

KnnGraph graph_by(NearProducts products, const Table& x, std::int64_t k,
                  Metric metric = Metric::euclidean, int threads = 2) {
  const Context ctx("cpu", {.threads = threads});
  KnnGraph graph = knn_graph(ctx, {.k = k, .metric = metric, .products = products}, upload(ctx, x));
  if (products != NearProducts::automatic) {
    EXPECT_EQ(graph.report.products, products);
  }
  return graph;
}

void expect_same(const KnnGraph& graph, const KnnGraph& want, const char* what) {
  EXPECT_EQ(graph.indices, want.indices) << what;
  EXPECT_EQ(graph.distances, want.distances) << what;
}

// Of some rows, spread over all.
void expect_some_exact(const KnnGraph& graph, const Table& x) {
  expect_exact(graph, x, x.rows / 8 + 1);
}

Table normal_rows(std::int64_t rows, std::int64_t channels, unsigned seed, float deviation) {
  Table x = normal_table(rows, channels, seed);
  for (float& value : x.values) value *= deviation;
  return x;
}

// Rows about a few centres, of different lengths: as spectra of a few phases and thicknesses.
Table clustered_rows(std::int64_t rows, std::int64_t channels, unsigned seed, float noise) {
  const Table centres = normal_table(5, channels, seed);
  Table x = normal_rows(rows, channels, seed + 1, noise);
  for (std::int64_t row = 0; row < rows; ++row) {
    const float length = 1.0f + 0.1f * float(row % 7);
    for (std::int64_t c = 0; c < channels; ++c) x(row, c) += length * centres(row % 5, c);
  }
  return x;
}

struct Case {
  const char* what;
  Table x;
  std::int64_t k;
};

std::vector<Case> cases() {
  std::vector<Case> out;
  out.push_back({"clusters", clustered_rows(1025, 60, 1, 0.3f), 15});
  out.push_back(
      {"many neighbours, starting from a sample", clustered_rows(1025, 33, 2, 0.5f), 300});
  out.push_back({"as many channels as an energy axis has", clustered_rows(140, 1360, 4, 0.2f), 15});
  out.push_back({"one channel", clustered_rows(600, 1, 5, 0.5f), 15});
  Table far = clustered_rows(300, 40, 6, 0.3f);
  for (float& value : far.values) value += 1e6f;
  out.push_back({"an offset of a million", std::move(far), 15});
  Table huge = clustered_rows(700, 40, 7, 0.3f);
  for (std::int64_t c = 0; c < huge.cols; ++c) huge(123, c) *= 1e6f;
  out.push_back({"one huge row", std::move(huge), 15});
  Table apart = clustered_rows(300, 40, 8, 0.3f);
  for (std::int64_t row = 0; row < apart.rows; row += 2) apart(row, 7) += 1e6f;
  out.push_back({"two clusters a million apart", std::move(apart), 15});
  Table tiny = clustered_rows(200, 40, 9, 0.3f);
  for (float& value : tiny.values) value *= 1e-21f;
  out.push_back({"squares that float32 has few bits of", std::move(tiny), 15});
  out.push_back({"numbers without a product", Table(150, 20, 1e-30f), 15});
  Table equal = clustered_rows(600, 40, 10, 0.3f);
  for (std::int64_t row = 300; row < 600; ++row)
    for (std::int64_t c = 0; c < equal.cols; ++c) equal(row, c) = equal(0, c);
  out.push_back({"half of the rows are one", std::move(equal), 15});
  return out;
}

TEST(KnnProducts, BfloatAndFloatFindTheSameNeighbours) {
  for (const Case& one : cases()) {
    SCOPED_TRACE(one.what);
    const KnnGraph want = graph_by(NearProducts::float32, one.x, one.k);
    expect_some_exact(want, one.x);
    for (const NearProducts products : {NearProducts::bfloat16, NearProducts::automatic})
      expect_same(graph_by(products, one.x, one.k), want, name(products).data());
  }
}

TEST(KnnProducts, ThousandsOfNeighbours) {
  const Table x = clustered_rows(2060, 5, 3, 0.5f);
  expect_some_exact(graph_by(NearProducts::bfloat16, x, 2047), x);
}

TEST(KnnProducts, OfEveryMetric) {
  const Table x = clustered_rows(600, 70, 11, 0.3f);
  for (const Metric metric : {Metric::cosine, Metric::correlation})
    expect_same(graph_by(NearProducts::bfloat16, x, 15, metric),
                graph_by(NearProducts::float32, x, 15, metric), name(metric).data());
}

TEST(KnnProducts, EveryNumberOfThreadsGivesTheSameBitsAndReport) {
  const Table x = clustered_rows(1200, 33, 12, 0.5f);
  for (const std::int64_t k : {15, 200}) {
    const KnnGraph want = graph_by(NearProducts::bfloat16, x, k, Metric::euclidean, 1);
    for (const int threads : {2, 3, 8}) {
      const KnnGraph graph = graph_by(NearProducts::bfloat16, x, k, Metric::euclidean, threads);
      expect_same(graph, want, "threads");
      EXPECT_EQ(graph.report.candidates, want.report.candidates) << threads;
      EXPECT_EQ(graph.report.rows_redone, want.report.rows_redone) << threads;
    }
  }
}

// Pairs of rows that differ by less than bfloat16, and by more than float32, can tell.
TEST(KnnProducts, RoundingCostsSecondLooksAndNoNeighbour) {
  Table x = normal_rows(400, 30, 13, 0.01f);
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) += row % 2 == 0 ? 1.0f : -1.0f;
  const KnnGraph plain = graph_by(NearProducts::float32, x, 7);
  const KnnGraph rounded = graph_by(NearProducts::bfloat16, x, 7);
  EXPECT_LT(plain.report.rows_redone, x.rows / 20);
  EXPECT_EQ(rounded.report.rows_redone, x.rows);
  expect_same(rounded, plain, "near ties");
  expect_some_exact(plain, x);
}

// Here a sample of the rows must not be trusted: those it takes (multiples of the golden ratio)
// are near to each other and the others are not.
TEST(KnnProducts, RowsThatStartTooNarrowAreStillExact) {
  const std::int64_t n = 1100, k = 300;
  Table x = normal_table(n, 12, 14);
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto fraction = std::uint32_t(i * 2654435769u);
    const auto row = std::int64_t((std::uint64_t(fraction) * std::uint64_t(n)) >> 32);
    for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) *= 0.01f;
  }
  for (const NearProducts products : {NearProducts::float32, NearProducts::bfloat16}) {
    const KnnGraph graph = graph_by(products, x, k);
    EXPECT_LT(graph.report.rows_redone, n / 4);
    expect_some_exact(graph, x);
  }
}

TEST(KnnProducts, QueriesAreRoundedToo) {
  const Context ctx("cpu", {.threads = 2});
  const Table x = clustered_rows(530, 41, 15, 0.3f), asked = clustered_rows(37, 41, 16, 0.3f);
  const KnnGraph want = knn_query(ctx, {.k = 9, .products = NearProducts::float32}, upload(ctx, x),
                                  upload(ctx, asked));
  for (const NearProducts products : {NearProducts::bfloat16, NearProducts::automatic})
    expect_same(knn_query(ctx, {.k = 9, .products = products}, upload(ctx, x), upload(ctx, asked)),
                want, name(products).data());
}

TEST(KnnProducts, OnAGpuTheyAreOfFloat32) {
  try {
    const Context ctx("emu");
    const Table x = clustered_rows(40, 10, 17, 0.3f);
    EXPECT_THROW(knn_graph(ctx, {.k = 3, .products = NearProducts::bfloat16}, upload(ctx, x)),
                 Unsupported);
    expect_same(knn_graph(ctx, {.k = 3}, upload(ctx, x)), graph_by(NearProducts::bfloat16, x, 3),
                "emu");
  } catch (const DeviceUnavailable& error) {
    if (device_is_required("emu")) FAIL() << error.what();
    GTEST_SKIP() << error.what();
  }
}

}  // namespace
}  // namespace whiteline::test::knn_products_test
