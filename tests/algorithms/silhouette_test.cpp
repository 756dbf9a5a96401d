#include <gtest/gtest.h>
#include <whiteline/metrics.hpp>

#include <cmath>

#include "reference/neighbors.hpp"
#include "support/random_table.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

// By the definition, rows of label -1 left out.
double by_definition(const Table& x, const std::vector<std::int32_t>& labels, Metric metric) {
  double total = 0.0, judged = 0.0;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    if (labels[at(i)] < 0) continue;
    std::vector<double> sum(3, 0.0), count(3, 0.0);
    for (std::int64_t j = 0; j < x.rows; ++j) {
      if (j == i || labels[at(j)] < 0) continue;
      const std::vector<float> a = x.row(i), b = x.row(j);
      sum[at(labels[at(j)])] += metric == Metric::euclidean
                                    ? reference::euclidean(a, b)
                                    : reference::cosine({a.begin(), a.end()}, {b.begin(), b.end()});
      count[at(labels[at(j)])] += 1.0;
    }
    judged += 1.0;
    const std::size_t own = at(labels[at(i)]);
    if (count[own] == 0.0) continue;
    double beyond = 1e300;
    for (std::size_t c = 0; c < 3; ++c)
      if (c != own) beyond = std::min(beyond, sum[c] / count[c]);
    const double within = sum[own] / count[own];
    total += (beyond - within) / std::max(within, beyond);
  }
  return total / judged;
}

TEST(Silhouette, IsThatOfItsDefinition) {
  const Context ctx("cpu", {.threads = 2});
  const Table x = normal_table(61, 7, 1);
  std::vector<std::int32_t> labels;
  for (std::int32_t row = 0; row < 61; ++row) labels.push_back(row == 60 ? 2 : row % 4 - 1);
  for (std::int32_t row = 3; row < 60; row += 4) labels[at(row)] = row % 8 == 3 ? 0 : 1;
  for (const Metric metric : {Metric::euclidean, Metric::cosine})
    EXPECT_NEAR(silhouette(ctx, {.metric = metric}, upload(ctx, x), labels),
                by_definition(x, labels, metric), tolerance(7));
}

TEST(Silhouette, IsThatOfItsDefinitionForMoreRowsThanABlock) {
  const Context ctx("cpu", {.threads = 2});
  const Table x = normal_table(2100, 2, 4);  // about 2000 rows are compared at once
  std::vector<std::int32_t> labels;
  for (std::int32_t row = 0; row < 2100; ++row) labels.push_back(row % 3);
  EXPECT_NEAR(silhouette(ctx, {}, upload(ctx, x), labels),
              by_definition(x, labels, Metric::euclidean), tolerance(7));
}

TEST(Silhouette, IsNearOneForFarClustersWhateverTheirNames) {
  const Context ctx("cpu");
  Table x = normal_table(40, 3, 2);
  std::vector<std::int32_t> labels;
  for (std::int64_t row = 0; row < 40; ++row) {
    x(row, 0) += row % 2 == 0 ? 1000.0f : 0.0f;
    labels.push_back(row % 2 == 0 ? 17 : -5);
  }
  EXPECT_GT(silhouette(ctx, {}, upload(ctx, x), labels), 0.99);
}

TEST(Silhouette, NeedsTwoClustersAndALabelARow) {
  const Context ctx("cpu");
  const Matrix x = upload(ctx, normal_table(4, 3, 3));
  const auto score = [&](std::vector<std::int32_t> labels) {
    return silhouette(ctx, {}, x, labels);
  };
  EXPECT_THROW(score({0, 0, 0, 0}), InvalidArgument);
  EXPECT_THROW(score({0, 0, -1, -1}), InvalidArgument);
  EXPECT_THROW(score({0, 1, 0}), InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test
