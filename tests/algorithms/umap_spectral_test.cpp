#include <gtest/gtest.h>
#include <whiteline/umap.hpp>

#include <cmath>
#include <numbers>
#include <numeric>

#include "algorithms/umap/components.hpp"
#include "algorithms/umap/spectral.hpp"
#include "core/symmetric_eigen.hpp"
#include "support/random_table.hpp"

namespace whiteline::test {
namespace {

using umap::SparseRows;
using umap::SpectralVectors;

// The symmetric graph of these pairs, all of weight 1.
SparseRows graph_of(std::int64_t rows,
                    const std::vector<std::pair<std::int32_t, std::int32_t>>& pairs) {
  std::vector<std::vector<std::int32_t>> near{std::size_t(rows)};
  for (const auto& [a, b] : pairs) {
    near[std::size_t(a)].push_back(b);
    near[std::size_t(b)].push_back(a);
  }
  SparseRows graph{rows, {0}, {}, {}};
  for (auto& columns : near) {
    std::sort(columns.begin(), columns.end());
    graph.columns.insert(graph.columns.end(), columns.begin(), columns.end());
    graph.offsets.push_back(std::ssize(graph.columns));
  }
  graph.weights.assign(graph.columns.size(), 1.0f);
  return graph;
}

// Each row and the `reach` next; closed: the first follow the last.
SparseRows chain(std::int32_t rows, std::int32_t reach, bool closed) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t row = 0; row < rows; ++row)
    for (std::int32_t step = 1; step <= reach; ++step)
      if (closed || row + step < rows) pairs.emplace_back(row, (row + step) % rows);
  return graph_of(rows, pairs);
}

SparseRows star(std::int32_t rows) {
  std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::int32_t row = 1; row < rows; ++row) pairs.emplace_back(0, row);
  return graph_of(rows, pairs);
}

// The graph of spectra that lie along a bent band.
SparseRows band(std::int64_t rows) {
  const Context ctx("cpu", {.threads = 1});
  Table x = normal_table(rows, 4, 1);
  for (std::int64_t row = 0; row < rows; ++row) x(row, 0) += 12.0f * float(row) / float(rows);
  const Matrix on_device = Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
  FuzzyGraph graph = fuzzy_graph(ctx, {}, knn_graph(ctx, {.k = 14}, on_device));
  return {graph.rows, std::move(graph.offsets), std::move(graph.columns), std::move(graph.weights)};
}

std::vector<double> degrees(const SparseRows& graph) {
  std::vector<double> sums(std::size_t(graph.rows), 0.0);
  for (std::int64_t row = 0; row < graph.rows; ++row)
    umap::SparseView(graph).for_row(
        row, [&](std::int32_t, float weight) { sums[std::size_t(row)] += double(weight); });
  return sums;
}

// M, dense, row-major, by its definition.
std::vector<double> matrix_of(const SparseRows& graph) {
  const std::vector<double> degree = degrees(graph);
  std::vector<double> matrix(std::size_t(graph.rows * graph.rows), 0.0);
  for (std::int64_t row = 0; row < graph.rows; ++row)
    umap::SparseView(graph).for_row(row, [&](std::int32_t column, float weight) {
      matrix[std::size_t(row * graph.rows + column)] =
          double(weight) / std::sqrt(degree[std::size_t(row)] * degree[std::size_t(column)]);
    });
  return matrix;
}

double inner(const double* x, const double* y, std::int64_t size) {
  return std::inner_product(x, x + size, y, 0.0);
}

// Unit length, orthogonal to each other and to the trivial vector, and residuals as claimed.
void expect_vectors(const SparseRows& graph, const SpectralVectors& found, std::int64_t count,
                    double residual) {
  const std::int64_t rows = graph.rows;
  ASSERT_EQ(std::ssize(found.vectors), count * rows);
  const std::vector<double> degree = degrees(graph), matrix = matrix_of(graph);
  for (std::int64_t k = 0; k < count; ++k) {
    const double* v = found.vectors.data() + k * rows;
    double trivial = 0.0, squares = 0.0;
    for (std::int64_t row = 0; row < rows; ++row) {
      trivial += v[row] * std::sqrt(degree[std::size_t(row)]);
      const double moved = inner(matrix.data() + row * rows, v, rows);
      squares += std::pow(moved - found.values[std::size_t(k)] * v[row], 2);
    }
    EXPECT_NEAR(trivial, 0.0, 1e-6);
    EXPECT_LE(std::sqrt(squares), residual);
    for (std::int64_t other = 0; other <= k; ++other)
      EXPECT_NEAR(inner(v, found.vectors.data() + other * rows, rows), other == k ? 1.0 : 0.0,
                  1e-9);
  }
}

SpectralVectors vectors_of(const SparseRows& graph, std::int64_t count, int threads = 1) {
  core::ThreadPool pool(threads);
  return umap::spectral_vectors(graph, count, 42, pool);
}

TEST(UmapSpectral, VectorsAreThoseOfTheDenseSolver) {
  const SparseRows graph = band(700);
  const core::SymmetricEigen dense = core::symmetric_eigen(matrix_of(graph), graph.rows, 3);
  const SpectralVectors found = vectors_of(graph, 2);
  EXPECT_GT(found.products, 0);
  EXPECT_LE(found.residual, 1e-5);
  expect_vectors(graph, found, 2, 1.01e-5);
  for (std::int64_t k = 0; k < 2; ++k) {
    EXPECT_NEAR(found.values[std::size_t(k)], dense.values[std::size_t(k) + 1], 1e-6);
    const double cosine = inner(found.vectors.data() + k * graph.rows,
                                dense.vectors.data() + (k + 1) * graph.rows, graph.rows);
    EXPECT_GE(std::abs(cosine), 1.0 - 0.5e-6);  // an angle of 1e-3
  }
}

TEST(UmapSpectral, SmallGraphsAreSolvedDensely) {
  const SparseRows graph = band(100);
  const SpectralVectors found = vectors_of(graph, 3);
  EXPECT_EQ(found.products, 0);
  expect_vectors(graph, found, 3, 1e-6);
}

TEST(UmapSpectral, BothVectorsOfAnEqualPairAreFound) {
  constexpr std::int32_t rows = 600, reach = 7;
  const SparseRows ring = chain(rows, reach, true);
  const SpectralVectors found = vectors_of(ring, 2);
  double wanted = 0.0;
  for (int step = 1; step <= reach; ++step)
    wanted += std::cos(2.0 * std::numbers::pi * step / rows) / reach;
  EXPECT_NEAR(found.values[0], wanted, 1e-6);
  EXPECT_NEAR(found.values[1], wanted, 1e-6);
  expect_vectors(ring, found, 2, 1.01e-5);
}

TEST(UmapSpectral, ChainsAndStarsHaveAnAnswer) {
  for (const std::int32_t rows : {10, 513, 900})
    for (const SparseRows& graph : {chain(rows, 1, false), star(rows)}) {
      const SpectralVectors found = vectors_of(graph, 2);
      EXPECT_LE(found.residual, 1e-3);
      expect_vectors(graph, found, 2, 1.01 * found.residual + 1e-9);
    }
}

TEST(UmapSpectral, TheLargestElementIsPositive) {
  for (const std::int64_t rows : {100, 700}) {
    const SpectralVectors found = vectors_of(band(rows), 2);
    for (std::int64_t k = 0; k < 2; ++k) {
      const auto begin = found.vectors.begin() + k * rows;
      const double largest = *std::max_element(begin, begin + rows),
                   least = *std::min_element(begin, begin + rows);
      EXPECT_GE(largest, -least);
    }
  }
}

TEST(UmapSpectral, EveryNumberOfThreadsGivesTheSameBits) {
  const SparseRows graph = band(2500);
  const SpectralVectors want = vectors_of(graph, 2, 1);
  for (const int threads : {2, 4, 8})
    EXPECT_EQ(vectors_of(graph, 2, threads).vectors, want.vectors);
}

TEST(UmapSpectral, ComponentsAreNumberedByTheirFirstRows) {
  const SparseRows graph = graph_of(9, {{1, 4}, {0, 7}, {4, 8}, {2, 5}});
  const umap::Components found = umap::connected_components(graph);
  EXPECT_EQ(found.of_row, (std::vector<std::int32_t>{0, 1, 2, -1, 1, 2, -1, 0, 1}));
  EXPECT_EQ(found.rows, (std::vector<std::vector<std::int32_t>>{{0, 7}, {1, 4, 8}, {2, 5}}));
}

TEST(UmapSpectral, ThePartOfAComponentIsItsGraph) {
  const SparseRows graph = graph_of(9, {{1, 4}, {0, 7}, {4, 8}, {2, 5}});
  const umap::Components found = umap::connected_components(graph);
  EXPECT_EQ(found.position, (std::vector<std::int32_t>{0, 0, 0, 0, 1, 1, 0, 1, 2}));
  const SparseRows part = umap::part_of(graph, found, 1), want = graph_of(3, {{0, 1}, {1, 2}});
  EXPECT_EQ(part.rows, want.rows);
  EXPECT_EQ(part.offsets, want.offsets);
  EXPECT_EQ(part.columns, want.columns);
  EXPECT_EQ(part.weights, want.weights);
}

TEST(UmapSpectral, LongChainsAreOneComponent) {
  const umap::Components found = umap::connected_components(chain(20000, 1, false));
  EXPECT_EQ(found.count(), 1);
}

}  // namespace
}  // namespace whiteline::test
