#include <whiteline/matrix.hpp>

#include <limits>
#include <random>
#include <vector>

#include "reference/preprocess.hpp"
#include "support/framed.hpp"
#include "support/ops_backends.hpp"
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

class PreprocessTest : public test::OpsTest<&core::Ops::preprocess> {};
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

TEST_P(PreprocessTest, ResamplesCountsByOverlap) {
  struct Case {
    AxisPoints from, to;
    std::int64_t from_cols, to_cols;
  };
  for (const Case& c :
       {Case{{600, 0.5}, {600, 0.1}, 33, 161}, Case{{600, 0.1}, {602.03, 0.25}, 257, 90},
        Case{{460, 0.25}, {460, 0.25}, 32, 32}, Case{{460, 0.25}, {459.0, 1.7}, 31, 7},
        Case{{460, 1.0}, {459.5, 0.5}, 1, 3}, Case{{460, 1.0}, {460, 1.0}, 2, 0},
        Case{{460, 0.1}, {400, 25.0}, 257, 5}})
    for (const std::int64_t rows : {0, 1, 32, 33}) {
      const Table in = random_table(rows, c.from_cols, 13);
      Framed from(ctx(), in), to(ctx(), Table(rows, c.to_cols));
      ctx().queue().ops().preprocess->resample_counts(from.view(), c.from, to.view(), c.to);
      const Table got = to.take();
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t j = 0; j < c.to_cols; ++j) {
          const long double middle = c.to.offset + (long double)c.to.dispersion * j;
          const double expected = double(test::reference::counts_between(
              in.row(r), {c.from.offset, c.from.dispersion}, middle - c.to.dispersion / 2.0L,
              middle + c.to.dispersion / 2.0L));
          ASSERT_NEAR(got(r, j), expected, tolerance(0, 900.0 + std::abs(expected), 0.5))
              << r << " " << j;
        }
    }
}

TEST_P(PreprocessTest, RebinningSumsBlocks) {
  struct Case {
    core::RebinBlock block;
    std::int64_t cols;
  };
  for (const Case& c :
       {Case{{1, 33, 1, 1, 1}, 31}, Case{{33, 1, 1, 1, 2}, 257}, Case{{4, 8, 2, 2, 2}, 33},
        Case{{5, 7, 2, 3, 5}, 32}, Case{{3, 3, 1, 1, 40}, 33}, Case{{2, 5, 3, 1, 1}, 4},
        Case{{0, 5, 1, 1, 1}, 4}, Case{{2, 2, 2, 1, 600}, 1300}}) {
    const core::RebinBlock& b = c.block;
    const Table in = random_table(b.height * b.width, c.cols, 7);
    const std::int64_t height = b.height / b.y, width = b.width / b.x, cols = c.cols / b.channels;
    Framed from(ctx(), in), to(ctx(), Table(height * width, cols));
    ctx().queue().ops().preprocess->rebin(from.view(), b, to.view());
    const Table got = to.take();
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x)
        for (std::int64_t j = 0; j < cols; ++j) {
          double sum = 0.0;
          for (std::int64_t py = y * b.y; py < (y + 1) * b.y; ++py)
            for (std::int64_t px = x * b.x; px < (x + 1) * b.x; ++px)
              for (std::int64_t e = j * b.channels; e < (j + 1) * b.channels; ++e)
                sum += double(in(py * b.width + px, e));
          ASSERT_EQ(got(y * width + x, j), float(sum)) << "whole numbers add up exactly";
        }
  }
}

TEST_P(PreprocessTest, ShiftsRowsBetweenColumns) {
  for (const std::int64_t cols : {1, 2, 31, 32, 33, 257})
    for (const std::int64_t rows : {0, 1, 33}) {
      const Table in = random_table(rows, cols, 3);
      std::vector<double> shift(at(rows));
      const double some[] = {0.0,  1.0,   -1.0,  0.25,  -0.25,  3.75, -7.5,
                             1e-9, 31.99, -40.5, 1e300, -1e300, 256.0};
      for (std::int64_t r = 0; r < rows; ++r) shift[at(r)] = some[at(r) % std::size(some)];
      Framed from(ctx(), in), to(ctx(), Table(rows, cols));
      const Buffer<double> shifts(ctx(), shift);
      ctx().queue().ops().preprocess->shift_rows(from.view(), shifts.span(), to.view());
      const Table got = to.take();
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t j = 0; j < cols; ++j) {
          const double expected = double(test::reference::interpolate(
              in.row(r), {0.0, 1.0}, (long double)j - (long double)shift[at(r)]));
          ASSERT_NEAR(got(r, j), expected, tolerance(0, 900.0, 0.5))
              << shift[at(r)] << " column " << j << " of " << cols;
        }
    }
}

TEST_P(PreprocessTest, FindsPeaksBetweenColumns) {
  using Refine = core::PeakRule::Refine;
  const double places[] = {10.0, 12.3, 20.5, 16.75, 5.01};
  Table parabolas(5, 40), bells(5, 40);
  for (std::int64_t r = 0; r < 5; ++r)
    for (std::int64_t c = 0; c < 40; ++c) {
      const double d = double(c) - places[r];
      parabolas(r, c) = float(500.0 - d * d);
      bells(r, c) = float(30.0 + 1000.0 * std::exp(-d * d / 4.5));
    }
  const auto peaks = [&](const Table& in, const core::PeakRule& rule) {
    Framed from(ctx(), in);
    Buffer<double> found(ctx(), in.rows);
    ctx().queue().ops().preprocess->peaks(from.view(), rule, found.span());
    from.take();
    return found.to_host();
  };
  const std::vector<double> tops = peaks(parabolas, {Refine::parabola, 0, 40, 0}),
                            centres = peaks(bells, {Refine::centroid, 0, 40, 5}),
                            inside = peaks(parabolas, {Refine::parabola, 15, 18, 0});
  for (std::int64_t r = 0; r < 5; ++r) {
    EXPECT_NEAR(tops[at(r)], places[r], 1e-4) << "a parabola's top";
    EXPECT_NEAR(centres[at(r)], places[r], 0.1) << "a bell's centre, of 11 channels";
    EXPECT_GE(inside[at(r)], 14.5);
    EXPECT_LE(inside[at(r)], 17.5);
  }
  EXPECT_EQ(peaks(Table(2, 1, 5.0f), {Refine::parabola, 0, 1, 0}), (std::vector<double>{0, 0}));
  EXPECT_EQ(peaks(Table(2, 7, 5.0f), {Refine::centroid, 2, 6, 3}), (std::vector<double>{2, 2}))
      << "the first of equal ones";
  EXPECT_TRUE(peaks(Table(0, 7), {Refine::centroid, 2, 6, 3}).empty());
}

TEST_P(PreprocessTest, StandardisesRowsAndColumns) {
  for (const std::int64_t cols : {1, 31, 32, 33, 257})
    for (const std::int64_t rows : {0, 1, 33}) {
      const Table in = random_table(rows, cols, 3);
      std::vector<double> by_row(at(rows)), by_column(at(cols)), centre(at(cols));
      for (std::int64_t r = 0; r < rows; ++r) by_row[at(r)] = 0.1 + 0.03 * double(r);
      for (std::int64_t c = 0; c < cols; ++c) {
        by_column[at(c)] = 2.0 - 0.005 * double(c);
        centre[at(c)] = 7.0 * double(c % 5);
      }
      Framed from(ctx(), in), to(ctx(), Table(rows, cols));
      const Buffer<double> row_scale(ctx(), by_row), column_scale(ctx(), by_column),
          centres(ctx(), centre);
      auto& ops = *ctx().queue().ops().preprocess;
      ops.standardise(from.view(), row_scale.span(), column_scale.span(), centres.span(),
                      to.view());
      const Table got = to.take();
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < cols; ++c) {
          const double scaled = double(in(r, c)) * by_row[at(r)] * by_column[at(c)];
          ASSERT_NEAR(got(r, c), scaled - centre[at(c)],
                      tolerance(0, std::abs(scaled) + centre[at(c)], 0.5));
        }
      ops.standardise(from.view(), {}, {}, {}, to.view());
      EXPECT_EQ(to.take().values, in.values) << "nothing asked for";
      ops.standardise(from.view(), row_scale.span(), column_scale.span(), centres.span(),
                      from.view());
      EXPECT_EQ(from.take().values, got.values) << "in place";
    }
}

}  // namespace
}  // namespace whiteline
