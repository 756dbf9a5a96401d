#include "core/ops/neighbors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

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

class NeighborsTest : public test::OpsTest<&core::Ops::neighbors> {
 protected:
  // That the device has.
  std::vector<NearProducts> products() const {
    if (std::string_view(device()) != "cpu")
      return {NearProducts::automatic, NearProducts::float32};
    return {NearProducts::automatic, NearProducts::float32, NearProducts::bfloat16};
  }
};
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

struct Lists {
  std::int64_t most;
  std::vector<std::int32_t> rows, counts;

  std::vector<std::int32_t> of(std::int64_t row) const {
    const auto first = rows.begin() + row * most;
    return {first, first + counts[at(row)]};
  }
};

Lists lists_of(const Context& ctx, core::NeighborOps& ops, const core::NearestJob& job) {
  const std::int64_t rows = job.left.rows.rows;
  const auto pass = ops.nearest(job);
  EXPECT_NE(pass->products(), NearProducts::automatic);
  for (std::int64_t begin = 0; begin < rows; begin += 50)
    pass->advance(begin, std::min<std::int64_t>(begin + 50, rows));
  const std::int64_t most = core::most_candidates(job.k, job.others());
  Buffer<std::int32_t> candidates(ctx, rows * most), counts(ctx, rows);
  pass->finish(candidates.span(), counts.span());
  return {most, candidates.to_host(), counts.to_host()};
}

TEST_P(NeighborsTest, CandidatesHoldTheNearestInTheOrderOfTheirRows) {
  for (const NearProducts products : products())
    for (const std::int64_t n : {2, 31, 33, 130})
      for (const std::int64_t k : {std::int64_t(1), std::min<std::int64_t>(24, n - 1)}) {
        SCOPED_TRACE(testing::Message() << name(products) << ", " << n << " rows, k " << k);
        const Table x = test::normal_table(n, 20, 2);
        Rows rows(ctx(), x);
        const Lists lists = lists_of(ctx(), ops(), {rows.get(), rows.get(), k, products});
        for (std::int64_t row = 0; row < n; ++row) {
          const std::vector<std::int32_t> list = lists.of(row);
          ASSERT_GE(std::ssize(list), k);
          EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
          EXPECT_EQ(std::adjacent_find(list.begin(), list.end()), list.end());
          EXPECT_FALSE(std::binary_search(list.begin(), list.end(), std::int32_t(row)));
          for (const std::int32_t near : test::reference::nearest(x.row(row), x, k, row).rows)
            EXPECT_TRUE(std::binary_search(list.begin(), list.end(), near)) << row << ", " << near;
        }
      }
}

TEST_P(NeighborsTest, RowsThatProductsCannotTellApartHaveNoCandidates) {
  Table x = test::normal_table(90, 20, 5);
  for (std::int64_t row = 20; row < 80; ++row)  // 60 rows far away, 1e-4 of each other
    for (std::int64_t c = 0; c < x.cols; ++c) x(row, c) = 1e3f + 1e-4f * x(row, c);
  Rows rows(ctx(), x);
  for (const NearProducts products : products()) {
    const Lists lists = lists_of(ctx(), ops(), {rows.get(), rows.get(), 3, products});
    for (std::int64_t row = 20; row < 80; ++row) EXPECT_EQ(lists.counts[at(row)], 0) << row;
  }
}

TEST_P(NeighborsTest, OtherRowsAreComparedWithAll) {
  const Table x = test::normal_table(70, 33, 6), z = test::normal_table(5, 33, 7);
  Rows all(ctx(), x), asked(ctx(), z);
  for (const NearProducts products : products()) {
    const Lists lists = lists_of(ctx(), ops(), {asked.get(), all.get(), 9, products});
    for (std::int64_t row = 0; row < z.rows; ++row) {
      const std::vector<std::int32_t> list = lists.of(row);
      for (const std::int32_t near : test::reference::nearest(z.row(row), x, 9, -1).rows)
        EXPECT_TRUE(std::binary_search(list.begin(), list.end(), near)) << row << ", " << near;
    }
  }
}

TEST_P(NeighborsTest, RanksByTheDistanceOfTheRowsThemselves) {
  const Table x = test::normal_table(140, 33, 3), z = test::normal_table(9, 33, 4);
  Framed all(ctx(), x), asked(ctx(), z);
  const std::int64_t most = 40, k = 7;
  std::vector<std::int32_t> candidates;
  for (std::int64_t row = 0; row < z.rows; ++row)
    for (std::int64_t i = 0; i < most; ++i) candidates.push_back(std::int32_t(3 * i + row));
  const std::vector<std::int32_t> counts = {40, 39, 33, 32, 16, 8, 7, 6, 0};
  const Buffer<std::int32_t> on_device(ctx(), candidates), in_use(ctx(), counts);
  Buffer<std::uint64_t> out(ctx(), z.rows * k), everything(ctx(), z.rows * k);
  out.fill(0);
  ops().rank(asked.view(), all.view(), on_device.span(), in_use.span(), most, k, out.span());
  const Buffer<std::int32_t> which(ctx(), std::vector<std::int32_t>{0, 2, 8});
  everything.fill(0);
  ops().rank_all(asked.view(), all.view(), 5, which.span(), k, everything.span());
  const auto ranked = out.to_host(), full = everything.to_host();
  for (std::int64_t row = 0; row < z.rows; ++row) {
    const std::int64_t count = counts[at(row)];
    Table some(count, x.cols);
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(x.values.begin() + candidates[at(row * most + i)] * x.cols, x.cols,
                  some.values.begin() + i * x.cols);
    const auto want = test::reference::nearest(z.row(row), some, count < k ? 0 : k, -1);
    const auto of_all = test::reference::nearest(z.row(row), x, k, row + 5);
    for (std::int64_t m = 0; m < k; ++m) {
      const std::uint64_t key = ranked[at(row * k + m)], other = full[at(row * k + m)];
      if (count < k) {
        EXPECT_EQ(key, 0u) << "written";
      } else {
        EXPECT_EQ(formulas::key_distance(key), want.squared_distances[at(m)]);
        EXPECT_EQ(formulas::key_row(key), candidates[at(row * most + want.rows[at(m)])]);
      }
      if (row == 0 || row == 2 || row == 8) {
        EXPECT_EQ(formulas::key_distance(other), of_all.squared_distances[at(m)]);
        EXPECT_EQ(formulas::key_row(other), of_all.rows[at(m)]);
      } else {
        EXPECT_EQ(other, 0u);
      }
    }
  }
}

struct Grouped {
  Framed framed;
  std::vector<float> core;
  std::vector<std::int32_t> group;
  Buffer<float> cores;
  Buffer<std::int32_t> groups;

  Grouped(const Context& ctx, const Table& x, std::int32_t count) : framed(ctx, x) {
    for (std::int64_t row = 0; row < x.rows; ++row) {
      core.push_back(0.25f * float(row % 7));
      group.push_back(std::int32_t(row * 5 % count));
    }
    cores = Buffer<float>(ctx, std::span<const float>(core));
    groups = Buffer<std::int32_t>(ctx, std::span<const std::int32_t>(group));
  }
  core::GroupedRows get() {
    return {framed.view(), std::as_const(cores).span(), std::as_const(groups).span()};
  }
};

TEST_P(NeighborsTest, LightestEdgesLeaveTheGroupAndStayBelowTheLimit) {
  for (const std::int64_t rows : {0, 1, 33, 140})
    for (const std::int64_t cols : {1, 32, 45})
      for (const bool directions : {false, true}) {
        const Table z = test::normal_table(9, cols, 5), x = test::normal_table(rows, cols, 6);
        Grouped left(ctx(), z, 3), right(ctx(), x, 4);
        std::vector<float> limits;
        for (std::int64_t row = 0; row < z.rows; ++row)
          limits.push_back(row == 0 ? std::numeric_limits<float>::infinity()
                                    : std::sqrt(float(cols)) * (0.6f + 0.2f * float(row)));
        const Buffer<float> limit(ctx(), std::span<const float>(limits));
        Buffer<std::uint64_t> out(ctx(), z.rows);
        ops().nearest_outside(left.get(), right.get(), {directions, 1.25f}, limit.span(),
                              out.span());
        const auto got = out.to_host();
        for (std::int64_t row = 0; row < z.rows; ++row) {
          std::uint64_t want = ~std::uint64_t(0);
          for (std::int64_t other = 0; other < rows; ++other) {
            const float s = test::reference::interleaved_squared_distance(z.row(row), x.row(other));
            const float reach = std::max({left.core[at(row)], right.core[at(other)],
                                          (directions ? 0.5f * s : std::sqrt(s)) / 1.25f});
            if (left.group[at(row)] != right.group[at(other)] && reach < limits[at(row)])
              want = std::min(want, formulas::near_key(reach, std::int32_t(other)));
          }
          EXPECT_EQ(got[at(row)], want) << rows << " x " << cols << ", row " << row;
        }
        left.framed.take();
        right.framed.take();
      }
}

}  // namespace
}  // namespace whiteline
