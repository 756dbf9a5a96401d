#include <whiteline/matrix.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "reference/reduce.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::ReduceOps;
using test::at;
using test::Framed;
using test::Table;

Table random_table(std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 random(seed);
  std::lognormal_distribution<float> wide(0.0f, 4.0f);
  Table table(rows, cols);
  for (float& value : table.values) value = wide(random) * (random() % 3 ? 1.0f : -1.0f);
  return table;
}

constexpr std::int64_t sizes[] = {1, 15, 16, 17, 31, 32, 33, 257};

class ReduceTest : public test::OpsTest<&core::Ops::reduce> {
 protected:
  // What `run` leaves between two sentinels.
  template <class T, class Run>
  std::vector<T> between_sentinels(std::int64_t count, T sentinel, Run&& run) const {
    Buffer<T> all(ctx(), std::vector<T>(at(count + 2), sentinel));
    run(all.span().part(1, count));
    const std::vector<T> host = all.to_host();
    EXPECT_EQ(host.front(), sentinel);
    EXPECT_EQ(host.back(), sentinel);
    return {host.begin() + 1, host.end() - 1};
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, ReduceTest, test::all_backends(), test::backend_name);

TEST_P(ReduceTest, RowValuesAreSumsInTheStatedOrder) {
  for (const std::int64_t cols : sizes)
    for (const std::int64_t rows : {0, 1, 33}) {
      const Table x = random_table(rows, cols, 7);
      Framed framed(ctx(), x);
      const auto got = [&](ReduceOps::RowValue what) {
        return between_sentinels<double>(rows, -1.5,
                                         [&](auto out) { ops().rows(what, framed.view(), out); });
      };
      const std::vector<double> sums = got(ReduceOps::RowValue::sum),
                                magnitudes = got(ReduceOps::RowValue::sum_of_magnitudes),
                                squares = got(ReduceOps::RowValue::sum_of_squares),
                                largest = got(ReduceOps::RowValue::max);
      for (std::int64_t r = 0; r < rows; ++r) {
        const auto sum = [&](auto&& term) {
          return test::reference::interleaved_sum(
              cols, [&](std::int64_t c) { return term(double(x(r, c))); });
        };
        const std::vector<float> row = x.row(r);
        ASSERT_EQ(sums[at(r)], sum([](double v) { return v; }));
        ASSERT_EQ(magnitudes[at(r)], sum([](double v) { return std::abs(v); }));
        ASSERT_EQ(squares[at(r)], sum([](double v) { return v * v; }));
        ASSERT_EQ(largest[at(r)], double(*std::max_element(row.begin(), row.end())));
      }
      framed.take();
    }
}

TEST_P(ReduceTest, ColumnMeansAddBlocksOfRows) {
  for (const std::int64_t rows : {1, 2, 255, 256, 257, 520})
    for (const std::int64_t cols : {1, 31, 33, 257}) {
      const Table x = random_table(rows, cols, 8);
      Framed framed(ctx(), x);
      const auto got = between_sentinels<double>(
          cols, -1.5, [&](auto out) { ops().column_means(framed.view(), out); });
      ASSERT_EQ(got, test::reference::column_means(x)) << rows << " x " << cols;
    }
}

TEST_P(ReduceTest, MomentsAreSumsOfRowSums) {
  for (const std::int64_t rows : {0, 1, 16, 33, 257})
    for (const std::int64_t cols : {1, 17, 33}) {
      const Table x = random_table(rows, cols, 9);
      const double centre = 0.375;
      Framed framed(ctx(), x);
      const auto got = between_sentinels<double>(
          2, -1.5, [&](auto out) { ops().moments(framed.view(), centre, out); });
      double sum = 0.0, squares = 0.0, magnitude = 0.0;
      for (const float v : x.values) {
        sum += double(v);
        magnitude += std::abs(double(v));
        squares += (double(v) - centre) * (double(v) - centre);
      }
      // The order of a sum of rows * cols terms is worth at most that many roundings.
      const double rounding = std::numeric_limits<double>::epsilon() * double(rows * cols + 1);
      EXPECT_NEAR(got[0], sum, rounding * magnitude);
      EXPECT_NEAR(got[1], squares, rounding * squares);
      EXPECT_EQ(got[0], test::reference::interleaved_sum(rows, [&](std::int64_t r) {
                  return test::reference::interleaved_sum(
                      cols, [&](std::int64_t c) { return double(x(r, c)); });
                }));
    }
}

TEST_P(ReduceTest, FirstNonFiniteNamesTheFirstChannel) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const std::int64_t cols : sizes) {
    Table x = random_table(6, cols, 10);
    x(1, cols - 1) = nan;
    x(2, 0) = -infinity;
    x(3, cols / 2) = infinity;
    x(3, cols - 1) = nan;
    x(4, 0) = std::numeric_limits<float>::max();
    x(5, 0) = std::numeric_limits<float>::denorm_min();
    Framed framed(ctx(), x);
    const auto got = between_sentinels<std::int32_t>(
        6, -77, [&](auto out) { ops().first_non_finite(framed.view(), out); });
    const auto last = std::int32_t(cols - 1), middle = std::int32_t(cols / 2);
    EXPECT_EQ(got, (std::vector<std::int32_t>{-1, last, 0, middle, -1, -1})) << cols;
  }
  Framed none(ctx(), Table(3, 0));
  EXPECT_EQ(between_sentinels<std::int32_t>(
                3, -77, [&](auto out) { ops().first_non_finite(none.view(), out); }),
            (std::vector<std::int32_t>{-1, -1, -1}));
}

TEST_P(ReduceTest, AddsTablesUpInDouble) {
  for (const std::int64_t rows : {0, 1, 33})
    for (const std::int64_t cols : sizes) {
      const Table x = random_table(rows, cols, 4);
      Framed framed(ctx(), x);
      Buffer<double> sum(ctx(), std::vector<double>(at(rows * cols + 2), 0.125));
      for (int time = 0; time < 2; ++time)
        ops().add_to(framed.view(), sum.span().part(1, rows * cols));
      const std::vector<double> got = sum.to_host();
      EXPECT_EQ(got.front(), 0.125);
      EXPECT_EQ(got.back(), 0.125);
      for (std::int64_t i = 0; i < rows * cols; ++i)
        ASSERT_EQ(got[at(1 + i)], 0.125 + double(x.values[at(i)]) + double(x.values[at(i)]));
    }
}

TEST(CpuReduce, SumsHaveTheSameBitsForAnyNumberOfThreads) {
  const Table x = random_table(1030, 65, 11);
  std::vector<double> first;
  for (const int threads : {1, 2, 3, 8}) {
    const Context ctx("cpu", {.threads = threads});
    Framed framed(ctx, x);
    Buffer<double> all(ctx, 2 + x.cols + x.rows);
    auto& ops = *ctx.queue().ops().reduce;
    ops.moments(framed.view(), 1.0, all.span().part(0, 2));
    ops.column_means(framed.view(), all.span().part(2, x.cols));
    ops.rows(ReduceOps::RowValue::sum, framed.view(), all.span().part(2 + x.cols, x.rows));
    const std::vector<double> got = all.to_host();
    if (first.empty()) first = got;
    EXPECT_EQ(got, first) << threads << " threads";
  }
}

}  // namespace
}  // namespace whiteline
