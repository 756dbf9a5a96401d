// Every version of the CPU's SMO passes gives the same bits.
#include "cpu/smo_passes.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace whiteline::cpu {
namespace {

struct Rows {
  std::vector<double> gradient;
  std::vector<float> diagonal, k_u, k_j;
  std::vector<std::uint16_t> up, low;

  explicit Rows(std::size_t blocks, unsigned seed) : up(blocks), low(blocks) {
    std::mt19937 random(seed);
    const auto number = [&] { return double(random() % 41) / 20.0 - 1.0; };  // ties are common
    for (std::size_t t = 0; t < blocks * 16; ++t) {
      gradient.push_back(number());
      diagonal.push_back(1.0f + float(random() % 3));
      k_u.push_back(float(number()));
      k_j.push_back(float(number()));
    }
    for (std::size_t b = 0; b < blocks; ++b) {
      up[b] = std::uint16_t(random() % 4 == 0 ? 0 : random());
      low[b] = std::uint16_t(random() % 4 == 0 ? 0 : random());
    }
  }
  SmoSegment segment(std::int64_t first_row) {
    return {gradient.data(), diagonal.data(),         up.data(),
            low.data(),      std::int64_t(up.size()), first_row};
  }
};

TEST(SmoPassesTest, AllInstructionSetsGiveTheSameBits) {
  for (std::size_t blocks : {0u, 1u, 2u, 3u, 17u})
    for (unsigned seed = 1; seed <= 40; ++seed)
      for (Isa version : {Isa::avx2, Isa::avx512}) {
        if (version > isa()) continue;
        SCOPED_TRACE(testing::Message() << name(version) << " " << blocks << " seed " << seed);
        Rows expected(blocks, seed), rows(blocks, seed);
        const bool moves = seed % 2 == 0;
        Violation a, b;
        Partner c, d;
        for (std::int64_t first : {std::int64_t(0), std::int64_t(blocks) * 16}) {
          const auto run = [&](Isa which, Rows& r, Violation& violation, Partner& partner) {
            const SmoPasses& passes = smo_passes(which);
            passes.update(r.segment(first), moves ? r.k_u.data() : nullptr, r.k_j.data(), 0.37,
                          violation);
            passes.choose(r.segment(first), r.k_u.data(), 1.5f, -0.4, partner);
          };
          run(Isa::portable, expected, a, c);
          run(version, rows, b, d);
        }
        EXPECT_EQ(rows.gradient, expected.gradient);
        EXPECT_EQ(a.row, b.row);
        EXPECT_EQ(a.least_up, b.least_up);
        EXPECT_EQ(a.most_low, b.most_low);
        EXPECT_EQ(c.row, d.row);
        EXPECT_EQ(c.gain, d.gain);
      }
}

TEST(SmoPassesTest, TiesGoToTheLowestRow) {
  for (Isa version : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (version > isa()) continue;
    Rows rows(4, 1);
    rows.gradient.assign(64, 0.25);
    rows.diagonal.assign(64, 1.0f);
    rows.k_u.assign(64, 0.5f);
    rows.up = {0, 0x0200, 0xffff, 0x0001};
    rows.low = {0, 0, 0x8040, 0xffff};
    Violation violation;
    Partner partner;
    for (std::int64_t first : {0, 64}) {
      smo_passes(version).update(rows.segment(first), nullptr, nullptr, 0.0, violation);
      smo_passes(version).choose(rows.segment(first), rows.k_u.data(), 1.0f, -1.0, partner);
    }
    EXPECT_EQ(violation.row, 16 + 9) << name(version);
    EXPECT_EQ(partner.row, 32 + 6) << name(version);
  }
}

}  // namespace
}  // namespace whiteline::cpu
