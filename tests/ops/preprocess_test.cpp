#include <whiteline/matrix.hpp>

#include <limits>
#include <random>
#include <vector>

#include "core/ops/ops.hpp"
#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using core::AxisPoints;
using core::Buffer;
using test::at;
using test::Framed;
using test::Table;
using test::tolerance;

Table random_table(std::int64_t rows, std::int64_t cols, unsigned seed) {
  std::mt19937 random(seed);
  Table table(rows, cols);
  for (float& value : table.values) value = float(random() % 1000) - 100.0f;
  return table;
}

class PreprocessTest : public test::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (!ctx().queue().ops().preprocess) GTEST_SKIP() << "this device has no preprocess operations";
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, PreprocessTest, test::all_backends(), test::backend_name);

TEST_P(PreprocessTest, DividesRowsByTheirNorms) {
  for (const std::int64_t cols : {1, 31, 32, 33, 257})
    for (const std::int64_t rows : {0, 1, 33}) {
      Table in = random_table(rows, cols, 5);
      std::vector<double> values(at(rows));
      for (std::int64_t r = 0; r < rows; ++r) {
        in(r, 0) = 3.0f + float(r);
        values[at(r)] = r % 5 == 4 ? 0.0 : r % 5 == 3 ? -2.0 : double(in(r, 0));
      }
      if (rows > 5) values[5] = std::numeric_limits<double>::quiet_NaN();
      for (const core::RowDivisor divisor :
           {core::RowDivisor{}, core::RowDivisor{true, 1.0}, core::RowDivisor{false, 0.25}}) {
        Framed from(ctx(), in), to(ctx(), Table(rows, cols));
        Buffer<double> norms(ctx(), values);
        auto& ops = *ctx().queue().ops().preprocess;
        ops.divide_rows(from.view(), norms.span(), divisor, to.view());
        const Table got = to.take();
        for (std::int64_t r = 0; r < rows; ++r) {
          const double value = values[at(r)];
          const double norm = divisor.factor * (divisor.square_root ? std::sqrt(value) : value);
          for (std::int64_t c = 0; c < cols; ++c)
            ASSERT_FLOAT_EQ(got(r, c), norm > 0.0 ? float(double(in(r, c)) / norm) : 0.0f);
          if (value > 0.0 && !divisor.square_root && divisor.factor == 1.0) {
            EXPECT_EQ(got(r, 0), 1.0f) << "the norm itself becomes exactly 1";
          }
        }
        ops.divide_rows(from.view(), norms.span(), divisor, from.view());
        EXPECT_EQ(from.take().values, got.values) << "in place";
      }
    }
}

TEST_P(PreprocessTest, InterpolatesAtTheChannelsOfTheOtherAxis) {
  struct Case {
    AxisPoints from, to;
    std::int64_t from_cols, to_cols;
  };
  for (const Case& c :
       {Case{{600, 0.5}, {600, 0.1}, 33, 161}, Case{{600, 0.1}, {602.03, 0.25}, 257, 90},
        Case{{460, 0.25}, {459.9, 0.25}, 32, 32}, Case{{460, 0.25}, {460.1, 0.25}, 31, 31},
        Case{{460, 1.0}, {459.5, 0.5}, 1, 3}, Case{{460, 1.0}, {460, 1.0}, 2, 0}})
    for (const std::int64_t rows : {0, 1, 32, 33}) {
      const Table in = random_table(rows, c.from_cols, 13);
      Framed from(ctx(), in), to(ctx(), Table(rows, c.to_cols));
      ctx().queue().ops().preprocess->resample(from.view(), c.from, to.view(), c.to);
      const Table got = to.take();
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t j = 0; j < c.to_cols; ++j) {
          const test::reference::Axis points{c.from.offset, c.from.dispersion};
          const double expected = double(test::reference::interpolate(
              in.row(r), points, c.to.offset + c.to.dispersion * double(j)));
          ASSERT_NEAR(got(r, j), expected, tolerance(0, 900.0, 0.5)) << r << " " << j;
        }
    }
}

TEST_P(PreprocessTest, ResamplingToTheSameAxisCopiesBits) {
  const AxisPoints axis{615.0, 0.1};
  const Table in = random_table(5, 257, 17);
  Framed from(ctx(), in), to(ctx(), Table(5, 257));
  ctx().queue().ops().preprocess->resample(from.view(), axis, to.view(), axis);
  const Table got = to.take();
  EXPECT_EQ(got.values, in.values);
}

}  // namespace
}  // namespace whiteline
