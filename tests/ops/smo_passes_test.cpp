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

// A problem of two classes, each with numbers of its own.
struct Problem {
  Rows first, second;
  const SmoSegment sides[smo_sides];
  const SideColumns k_u, k_j;

  Problem(Rows a, Rows b)
      : first(std::move(a)),
        second(std::move(b)),
        sides{first.segment(0), second.segment(std::int64_t(first.up.size()) * 16)},
        k_u{{first.k_u.data(), second.k_u.data()}},
        k_j{{first.k_j.data(), second.k_j.data()}} {}
  Problem(const Problem&) = delete;
};

TEST(SmoPassesTest, AllInstructionSetsGiveTheSameBits) {
  for (std::size_t blocks : {0u, 1u, 2u, 3u, 17u})
    for (unsigned seed = 1; seed <= 40; ++seed)
      for (Isa version : {Isa::avx2, Isa::avx512}) {
        if (version > isa()) continue;
        SCOPED_TRACE(testing::Message() << name(version) << " " << blocks << " seed " << seed);
        Problem expected(Rows(blocks, seed), Rows(3, seed + 100));
        Problem rows(Rows(blocks, seed), Rows(3, seed + 100));
        const bool moves = seed % 2 == 0;
        const auto update = [&](Isa which, Problem& p) {
          return smo_passes(which).update(p.sides, moves ? p.k_u : SideColumns{}, p.k_j, 0.37);
        };
        const auto choose = [&](Isa which, Problem& p) {
          return smo_passes(which).choose(p.sides, p.k_u, 1.5f, -0.4);
        };
        const Violation a = update(Isa::portable, expected), b = update(version, rows);
        const Partner c = choose(Isa::portable, expected), d = choose(version, rows);
        EXPECT_EQ(rows.first.gradient, expected.first.gradient);
        EXPECT_EQ(rows.second.gradient, expected.second.gradient);
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
    const Problem problem(rows, rows);
    const Violation violation = smo_passes(version).update(problem.sides, {}, {}, 0.0);
    const Partner partner = smo_passes(version).choose(problem.sides, problem.k_u, 1.0f, -1.0);
    EXPECT_EQ(violation.row, 16 + 9) << name(version);
    EXPECT_EQ(partner.row, 32 + 6) << name(version);
  }
}

TEST(SmoPassesTest, NothingIsChosenWhereNothingMayMove) {
  for (Isa version : {Isa::portable, Isa::avx2, Isa::avx512}) {
    if (version > isa()) continue;
    Rows rows(2, 3);
    rows.up = rows.low = {0, 0};
    const Problem problem(rows, rows);
    const Violation violation = smo_passes(version).update(problem.sides, {}, {}, 0.0);
    EXPECT_EQ(violation.row, -1) << name(version);
    EXPECT_EQ(violation.gap(), -std::numeric_limits<double>::infinity()) << name(version);
    EXPECT_EQ(smo_passes(version).choose(problem.sides, problem.k_u, 1.0f, 0.0).row, -1);
  }
}

}  // namespace
}  // namespace whiteline::cpu
