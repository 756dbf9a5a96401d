#include <gtest/gtest.h>
#include <whiteline/embedding_metrics.hpp>
#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "reference/neighbors.hpp"
#include "support/backends.hpp"
#include "support/random_table.hpp"

namespace whiteline {
namespace {

using test::at;
using test::Table;

Matrix on_device(const Context& ctx, const Table& table) {
  return Matrix::from_host(ctx, HostView(table.values.data(), table.rows, table.cols));
}

// Ranks by distances in double; `near` and `far` are the spaces whose neighbours and ranks count.
double by_definition(const Table& near, const Table& far, std::int64_t k,
                     const std::vector<std::int64_t>& rows) {
  const std::int64_t n = near.rows;
  const auto order = [&](const Table& space, std::int64_t row) {
    std::vector<std::pair<double, std::int64_t>> others;
    for (std::int64_t other = 0; other < n; ++other)
      if (other != row)
        others.emplace_back(test::reference::euclidean(space.row(row), space.row(other)), other);
    std::sort(others.begin(), others.end());
    return others;
  };
  double sum = 0.0;
  for (const std::int64_t row : rows) {
    const auto ranked = order(far, row), list = order(near, row);
    for (std::int64_t m = 0; m < k; ++m)
      for (std::int64_t rank = k + 1; rank < n; ++rank)
        if (ranked[at(rank - 1)].second == list[at(m)].second) sum += double(rank - k);
  }
  return 1.0 - 2.0 / (double(rows.size()) * double(k) * double(2 * n - 3 * k - 1)) * sum;
}

class EmbeddingMetricsTest : public test::BackendTest {};
INSTANTIATE_TEST_SUITE_P(Backends, EmbeddingMetricsTest, test::all_backends(), test::backend_name);

TEST_P(EmbeddingMetricsTest, ScoresAreThoseOfTheDefinition) {
  const std::int64_t rows = emulated() ? 33 : 257;
  const Table x = test::normal_table(rows, 9, 1);
  Table y = test::normal_table(rows, 2, 2);
  for (std::int64_t row = 0; row < rows; ++row) y(row, 0) += 2.0f * x(row, 0);
  std::vector<std::int64_t> all;
  for (std::int64_t row = 0; row < rows; ++row) all.push_back(row);
  for (const std::int64_t k : {std::int64_t(1), std::int64_t(15), (rows - 1) / 2}) {
    const NeighborhoodScores scores =
        neighborhood_scores(ctx(), {.k = k}, on_device(ctx(), x), on_device(ctx(), y));
    EXPECT_NEAR(scores.trustworthiness, by_definition(y, x, k, all), 1e-12);
    EXPECT_NEAR(scores.continuity, by_definition(x, y, k, all), 1e-12);
    EXPECT_EQ(scores.trustworthiness_error, 0.0);
    EXPECT_EQ(scores.rows, rows);
  }
}

TEST(EmbeddingMetrics, ScoresAreThoseOfTheDefinitionForMoreRowsThanABlock) {
  const Context ctx("cpu", {.threads = 2});
  const std::int64_t rows = 2100;  // about 2000 are ranked at once
  const Table x = test::normal_table(rows, 3, 6), y = test::normal_table(rows, 2, 7);
  std::vector<std::int64_t> all(at(rows));
  std::iota(all.begin(), all.end(), 0);
  const NeighborhoodScores scores =
      neighborhood_scores(ctx, {.k = 15}, on_device(ctx, x), on_device(ctx, y));
  const double a_rank = 2.0 / (double(rows) * 15.0 * double(2 * rows - 46));
  EXPECT_NEAR(scores.trustworthiness, by_definition(y, x, 15, all), 20.0 * a_rank)
      << "float32 may swap ranks of a few distances that are nearly equal";
}

TEST(EmbeddingMetrics, NothingIsLostWhereTheEmbeddingIsTheSpectra) {
  const Context ctx("cpu", {.threads = 2});
  Table x = test::normal_table(40, 3, 3);
  for (std::int64_t c = 0; c < 3; ++c) x(7, c) = x(30, c);  // twins keep their order
  const NeighborhoodScores scores =
      neighborhood_scores(ctx, {.k = 5}, on_device(ctx, x), on_device(ctx, x));
  EXPECT_EQ(scores.trustworthiness, 1.0);
  EXPECT_EQ(scores.continuity, 1.0);
}

double golden_number(const nlohmann::json& value) { return value.get<double>(); }

TEST(EmbeddingMetrics, ScoresAreThoseOfScikitLearn) {
  const Context ctx("cpu", {.threads = 2});
  std::ifstream file(test::source_folder() / "tests/golden/embedding_metrics.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  const auto table = [&](const char* name, std::int64_t cols) {
    Table out(golden["rows"], cols);
    for (std::size_t i = 0; i < out.values.size(); ++i)
      out.values[i] = float(golden_number(golden[name][i]));
    return out;
  };
  const Matrix x = on_device(ctx, table("spectra", golden["channels"])),
               y = on_device(ctx, table("positions", 2));
  for (const auto& wanted : golden["cases"]) {
    const NeighborhoodScores scores = neighborhood_scores(
        ctx, {.k = wanted["k"], .metric = metric_named(wanted["metric"].get<std::string>())}, x, y);
    EXPECT_NEAR(scores.trustworthiness, golden_number(wanted["trustworthiness"]), 1e-12);
    if (wanted.contains("continuity")) {
      EXPECT_NEAR(scores.continuity, golden_number(wanted["continuity"]), 1e-12);
    }
  }
}

TEST(EmbeddingMetrics, ASamplesErrorIsThatOfItsScores) {
  const Context ctx("cpu", {.threads = 1});
  const std::int64_t n = 120;
  const Table x = test::normal_table(n, 5, 4), y = test::normal_table(n, 2, 5);
  const Matrix spectra = on_device(ctx, x), positions = on_device(ctx, y);
  const NeighborhoodScores all = neighborhood_scores(ctx, {.k = 10}, spectra, positions);
  double sum = 0.0, squares = 0.0, errors = 0.0;
  constexpr int draws = 60;
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    const NeighborhoodScores some =
        neighborhood_scores(ctx, {.k = 10, .sample = 30, .seed = seed}, spectra, positions);
    EXPECT_EQ(some.rows, 30);
    const double miss = some.trustworthiness - all.trustworthiness;
    sum += miss;
    squares += miss * miss;
    errors += some.trustworthiness_error;
  }
  const double spread = std::sqrt(squares / draws), error = errors / draws;
  EXPECT_NEAR(sum / draws, 0.0, 4.0 * error / std::sqrt(double(draws)));
  EXPECT_NEAR(spread / error, 1.0, 4.0 / std::sqrt(2.0 * draws));
  const NeighborhoodScores same =
      neighborhood_scores(ctx, {.k = 10, .sample = n}, spectra, positions);
  EXPECT_EQ(same.continuity, all.continuity);
}

TEST(EmbeddingMetrics, LabelsAreThoseOfMostNeighborsInOtherFolds) {
  const Context ctx("cpu", {.threads = 2});
  Table y = test::normal_table(90, 2, 6);
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < 90; ++row) {
    labels.push_back(row % 10 == 9 ? -1 : std::int32_t(row % 3));
    y(row, 0) += 1.5f * float(row % 3);
  }
  std::vector<std::int64_t> known;
  std::vector<std::int32_t> truth;
  for (std::int64_t row = 0; row < 90; ++row)
    if (labels[at(row)] >= 0) {
      known.push_back(row);
      truth.push_back(labels[at(row)]);
    }
  const auto fold = stratified_folds(truth, {.folds = 2, .shuffle = true, .seed = 42});
  int right = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t j = 0; j < known.size(); ++j)
      if (fold[j] != fold[i])
        others.emplace_back(test::reference::euclidean(y.row(known[i]), y.row(known[j])), j);
    std::sort(others.begin(), others.end());
    std::map<std::int32_t, int> votes;
    for (std::size_t m = 0; m < 15; ++m) ++votes[truth[others[m].second]];
    std::int32_t best = votes.begin()->first;
    for (const auto& [label, count] : votes)
      if (count > votes[best]) best = label;
    right += best == truth[i];
  }
  EXPECT_DOUBLE_EQ(neighbor_accuracy(ctx, {}, on_device(ctx, y), labels),
                   double(right) / double(known.size()));
  EXPECT_GT(right, 40);
  EXPECT_LT(right, 81);
}

TEST(EmbeddingMetrics, WhatDoesNotBelongTogetherIsRefused) {
  const Context ctx("cpu", {.threads = 1});
  const Matrix x = on_device(ctx, test::normal_table(20, 4, 7)),
               y = on_device(ctx, test::normal_table(20, 2, 8)),
               z = on_device(ctx, test::normal_table(19, 2, 9));
  EXPECT_THROW(neighborhood_scores(ctx, {.k = 3}, x, z), InvalidArgument);
  EXPECT_THROW(neighborhood_scores(ctx, {.k = 0}, x, y), InvalidArgument);
  EXPECT_THROW(neighborhood_scores(ctx, {.k = 10}, x, y), InvalidArgument);
  EXPECT_THROW(neighborhood_scores(ctx, {.k = 3, .sample = 21}, x, y), InvalidArgument);
  EXPECT_NO_THROW(neighborhood_scores(ctx, {.k = 9}, x, y));
  EXPECT_THROW(neighbor_accuracy(ctx, {}, y, std::vector<std::int32_t>(19, 0)), InvalidArgument);
  const auto stop = [](const ProgressEvent&) { return false; };
  EXPECT_THROW(neighborhood_scores(ctx, {.k = 3, .progress = stop}, x, y), Cancelled);
}

}  // namespace
}  // namespace whiteline
