#include <whiteline/matrix.hpp>

#include <random>
#include <vector>

#include "core/ops/ops.hpp"
#include "reference/preprocess.hpp"
#include "support/backends.hpp"
#include "support/framed.hpp"

namespace whiteline {
namespace {

using core::Buffer;
using core::SpikeRule;
using test::at;
using test::Framed;
using test::sentinel;
using test::Table;

struct Repaired {
  Table spectra;
  std::vector<std::int32_t> spikes;
};

Repaired repair(const Context& ctx, const Table& in, const SpikeRule& rule) {
  Framed from(ctx, in), to(ctx, Table(in.rows, in.cols));
  Buffer<std::int32_t> count(ctx, std::vector<std::int32_t>(at(in.rows + 2), -77));
  ctx.queue().ops().preprocess->remove_spikes(from.view(), rule, to.view(),
                                              count.span().part(1, in.rows));
  const std::vector<std::int32_t> all = count.to_host();
  EXPECT_EQ(all.front(), -77);
  EXPECT_EQ(all.back(), -77);
  EXPECT_EQ(from.take().values, in.values);
  return {to.take(), {all.begin() + 1, all.end() - 1}};
}

// Poisson counts that fall along the row, an edge, and in every third row a spike.
Table spectra(std::int64_t rows, std::int64_t cols, double level, unsigned seed) {
  std::mt19937 random(seed);
  Table table(rows, cols);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < cols; ++c) {
      const double mean = level * std::exp(-double(c) / 90.0) + (2 * c > cols ? level : 0.0);
      table(r, c) = float(std::poisson_distribution<int>(mean)(random));
    }
    if (r % 3 == 1 && cols > 0) table(r, std::int64_t(random()) % cols) += float(60.0 * level + 50);
  }
  return table;
}

using SpikesTest = test::BackendTest;
INSTANTIATE_TEST_SUITE_P(Backends, SpikesTest, test::all_backends(), test::backend_name);

TEST_P(SpikesTest, ReplacesWhatLiesFarAboveItsNeighbours) {
  for (const std::int64_t cols : {1, 2, 31, 32, 33, 257})
    for (const std::int64_t rows : {0, 1, 33})
      for (const SpikeRule& rule : {SpikeRule{4, 6.0}, SpikeRule{1, 3.0}, SpikeRule{16, 8.0}}) {
        SCOPED_TRACE(testing::Message() << rows << " x " << cols << " by " << rule.half_window);
        const Table in = spectra(rows, cols, 25.0, 7);
        const Repaired got = repair(ctx(), in, rule);
        for (std::int64_t r = 0; r < rows; ++r) {
          const auto expected =
              test::reference::without_spikes(in.row(r), rule.half_window, rule.threshold);
          EXPECT_EQ(got.spectra.row(r), expected.spectrum) << "row " << r;
          EXPECT_EQ(got.spikes[at(r)], expected.spikes) << "row " << r;
        }
      }
}

TEST_P(SpikesTest, FindsTheSpikesAndLittleElse) {
  const Table in = spectra(33, 257, 25.0, 11);
  const Repaired got = repair(ctx(), in, {4, 8.0});
  for (std::int64_t r = 0; r < 33; ++r) {
    EXPECT_GE(got.spikes[at(r)], r % 3 == 1 ? 1 : 0) << r;
    EXPECT_LE(got.spikes[at(r)], r % 3 == 1 ? 2 : 1) << r;
    for (std::int64_t c = 0; c < 257; ++c) ASSERT_LT(got.spectra(r, c), 120.0f);
  }
}

TEST_P(SpikesTest, SparseCountsAreNoSpikesButOneAmongThemIs) {
  Table in(2, 200, 0.0f);
  for (std::int64_t c = 3; c < 200; c += 10) in(0, c) = in(1, c) = 1.0f;
  in(1, 77) = 400.0f;
  const Repaired got = repair(ctx(), in, {4, 8.0});
  EXPECT_EQ(got.spikes, (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(got.spectra(1, 77), 0.0f);
  EXPECT_EQ(got.spectra(1, 3), 1.0f);
}

TEST_P(SpikesTest, ConstantRowsAndTheirScaledLikesStay) {
  const Repaired constant = repair(ctx(), Table(3, 40, 5.0f), {4, 3.0});
  EXPECT_EQ(constant.spectra.values, Table(3, 40, 5.0f).values);
  const Table in = spectra(5, 100, 25.0, 3);
  Table scaled = in;
  for (float& value : scaled.values) value *= 0x1p-6f;
  EXPECT_EQ(repair(ctx(), in, {4, 6.0}).spikes, repair(ctx(), scaled, {4, 6.0}).spikes)
      << "the unit of the counts does not matter";
}

}  // namespace
}  // namespace whiteline
