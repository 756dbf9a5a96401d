#include "core/ops/neighbors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reference/neighbors.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"
#include "support/random_table.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using test::at;
using test::Framed;
using test::Table;

class NeighborsTest : public test::OpsTest<&core::Ops::neighbors> {};
INSTANTIATE_TEST_SUITE_P(Backends, NeighborsTest, test::all_backends(), test::backend_name);

// Rows as they are, with their squared norms.
struct Rows {
  Framed framed;
  Buffer<float> norms, zeros;

  Rows(const Context& ctx, const Table& x) : framed(ctx, x) {
    std::vector<float> squares;
    for (std::int64_t row = 0; row < x.rows; ++row) {
      double sum = 0.0;
      for (const float value : x.row(row)) sum += double(value) * double(value);
      squares.push_back(float(sum));
    }
    norms = Buffer<float>(ctx, squares);
    zeros = Buffer<float>(ctx, std::vector<float>(squares.size(), 0.0f));
  }
  core::PreparedRows get() {
    return {framed.view(), std::as_const(norms).span(), std::as_const(zeros).span()};
  }
};

TEST_P(NeighborsTest, CentredRowsLoseTheirMeanAndConstantOnesAllOfThem) {
  for (const std::int64_t cols : {1, 31, 32, 33, 257})
    for (const std::int64_t rows : {0, 1, 33}) {
      Table x = test::normal_table(rows, cols, 1);
      if (rows > 5)
        for (std::int64_t c = 0; c < cols; ++c) x(5, c) = 0.1f;
      Framed in(ctx(), x), out(ctx(), Table(rows, cols));
      ops().centre_rows(in.view(), out.view());
      const Table got = out.take();
      for (std::int64_t row = 0; row < rows; ++row) {
        const std::vector<double> want = test::reference::less_mean(x.row(row));
        for (std::int64_t c = 0; c < cols; ++c) {
          if (row == 5 || cols == 1)
            EXPECT_EQ(got(row, c), 0.0f);
          else
            EXPECT_NEAR(got(row, c), want[at(c)], test::tolerance(1, std::abs(want[at(c)]) + 1e-7));
        }
      }
    }
}

// Every row's list is complete: no row that was left out is nearer than its bound.
TEST_P(NeighborsTest, ListsHoldTheNearestInTheOrderOfTheirRows) {
  for (const std::int64_t n : {2, 31, 33, 130})
    for (const std::int64_t count : {std::int64_t(1), std::min<std::int64_t>(24, n - 1)}) {
      const Table x = test::normal_table(n, 20, 2);
      Rows rows(ctx(), x);
      const auto pass = ops().nearest(rows.get(), rows.get(), count);
      for (std::int64_t begin = 0; begin < n; begin += 50)
        pass->advance(begin, std::min<std::int64_t>(begin + 50, n));
      Buffer<std::int32_t> near(ctx(), n * count);
      Buffer<float> bounds(ctx(), n);
      pass->finish(near.span(), bounds.span());
      const auto lists = near.to_host();
      const auto limit = bounds.to_host();
      for (std::int64_t row = 0; row < n; ++row) {
        const std::vector<std::int32_t> list(lists.begin() + row * count,
                                             lists.begin() + (row + 1) * count);
        EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
        EXPECT_EQ(std::adjacent_find(list.begin(), list.end()), list.end());
        for (std::int32_t other = 0; other < n; ++other) {
          const double distance = test::reference::euclidean(x.row(row), x.row(other));
          const double allowed = test::tolerance(20, 100.0);
          if (std::binary_search(list.begin(), list.end(), other)) {
            EXPECT_NE(other, row);
            EXPECT_LE(distance * distance, limit[at(row)] + allowed);
          } else if (other != row) {
            EXPECT_GE(distance * distance, limit[at(row)] - allowed);
          }
        }
      }
    }
}

TEST_P(NeighborsTest, RanksByTheDistanceOfTheRowsThemselves) {
  const Table x = test::normal_table(140, 33, 3), z = test::normal_table(9, 33, 4);
  Framed all(ctx(), x), asked(ctx(), z);
  const std::int64_t count = 40, k = 7;
  std::vector<std::int32_t> candidates;
  for (std::int64_t row = 0; row < z.rows; ++row)
    for (std::int64_t i = 0; i < count; ++i) candidates.push_back(std::int32_t(3 * i + row));
  const Buffer<std::int32_t> on_device(ctx(), candidates);
  Buffer<std::uint64_t> out(ctx(), z.rows * k), everything(ctx(), z.rows * k);
  ops().rank(asked.view(), all.view(), on_device.span(), count, k, out.span());
  const Buffer<std::int32_t> which(ctx(), std::vector<std::int32_t>{0, 2, 8});
  everything.fill(0);
  ops().rank_all(asked.view(), all.view(), 5, which.span(), k, everything.span());
  const auto ranked = out.to_host(), full = everything.to_host();
  for (std::int64_t row = 0; row < z.rows; ++row) {
    Table some(count, x.cols);
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(x.values.begin() + candidates[at(row * count + i)] * x.cols, x.cols,
                  some.values.begin() + i * x.cols);
    const auto want = test::reference::nearest(z.row(row), some, k, -1);
    const auto of_all = test::reference::nearest(z.row(row), x, k, row + 5);
    for (std::int64_t m = 0; m < k; ++m) {
      const std::uint64_t key = ranked[at(row * k + m)], other = full[at(row * k + m)];
      EXPECT_EQ(formulas::key_distance(key), want.squared_distances[at(m)]);
      EXPECT_EQ(formulas::key_row(key), candidates[at(row * count + want.rows[at(m)])]);
      if (row == 0 || row == 2 || row == 8) {
        EXPECT_EQ(formulas::key_distance(other), of_all.squared_distances[at(m)]);
        EXPECT_EQ(formulas::key_row(other), of_all.rows[at(m)]);
      } else {
        EXPECT_EQ(other, 0u);
      }
    }
  }
}

}  // namespace
}  // namespace whiteline
