// What the CPU adds: instruction sets, threads, and layouts long enough to look at their loss.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cpu/layout.hpp"
#include "layout_cases.hpp"
#include "support/instruction_sets.hpp"

namespace whiteline {
namespace {

using cpu::Isa;
using test::at;
using test::Edges;
using test::Table;
using test::reference::LayoutSetting;

Table laid_out(int threads, Isa isa, const LayoutSetting& setting, const Edges& edges,
               const Table& start) {
  const Context ctx("cpu", {.threads = 1});
  core::ThreadPool pool(threads);
  const auto ops = cpu::make_layout(pool, isa);
  return test::laid_out(ctx, *ops, edges, test::params_of(setting), start, setting.epochs);
}

TEST(LayoutOnTheCpu, HasTheSameBitsForAnyNumberOfThreads) {
  const Edges edges = test::random_edges(300, 2000, 1);
  const Table start = test::random_positions(300, 2, 2);
  for (const bool implicit : {false, true}) {
    const LayoutSetting setting{.epochs = 20, .implicit = implicit};
    const Table one = laid_out(1, cpu::isa(), setting, edges, start);
    for (const int threads : {2, 4, 8})
      EXPECT_EQ(laid_out(threads, cpu::isa(), setting, edges, start).values, one.values);
  }
}

TEST(LayoutOnTheCpu, HasTheSameBitsOnAllInstructionSets) {
  for (const std::int64_t dims : {1, 2, 3, 8})
    for (const bool implicit : {false, true}) {
      const Edges edges = test::random_edges(77, 500, 3);
      const Table start = test::random_positions(77, dims, 4);
      const LayoutSetting setting{.epochs = 20, .implicit = implicit};
      const Table plain = laid_out(1, Isa::portable, setting, edges, start);
      for (const Isa isa : test::isas())
        EXPECT_EQ(laid_out(1, isa, setting, edges, start).values, plain.values) << name(isa);
    }
}

// Edges to the nearest of random positions in a plane, weaker by exp(-3) from first to last.
Edges plane_edges(const Table& plane, std::int64_t count) {
  const auto points = test::points_of(plane);
  std::vector<std::map<std::int32_t, double>> shares(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::pair<double, std::size_t>> near;
    for (std::size_t j = 0; j < points.size(); ++j)
      if (j != i) near.emplace_back(test::reference::squared(points[i], points[j]), j);
    std::sort(near.begin(), near.end());
    for (std::int64_t m = 0; m < count; ++m) {
      const std::size_t j = near[at(m)].second;
      const double share = 0.3 * std::exp(-3.0 * double(m) / double(count));
      double& own = shares[i][std::int32_t(j)];
      own = shares[j][std::int32_t(i)] = std::max({own, shares[j][std::int32_t(i)], share});
    }
  }
  Edges edges(points.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    for (const auto& [other, share] : shares[i])
      edges[i].push_back({other, formulas::edge_activity(share, 1.0)});
  return edges;
}

// Draws that went missing once changed neither trustworthiness nor accuracy: the terms of the loss,
// each apart, are compared with those of the paper's optimiser.
class LayoutLossTest : public ::testing::Test {
 protected:
  test::reference::LayoutLoss loss(LayoutSetting setting) const {
    const Table end = laid_out(2, cpu::isa(), setting, edges, plane);
    return test::reference::layout_loss(setting, edges, test::points_of(end));
  }
  double total(const test::reference::LayoutLoss& terms) const {
    return terms.attraction + 5.0 * terms.repulsion;
  }

  static Table plane_of_an_embedding() {  // as far across as the starts that UMAP makes
    Table plane = test::random_positions(200, 2, 5);
    for (float& value : plane.values) value *= 10.0f / float(test::extent_for(200, 2));
    return plane;
  }

  const Table plane = plane_of_an_embedding();
  const Edges edges = plane_edges(plane, 30);
};

TEST_F(LayoutLossTest, IsThatOfTheSequentialOptimiser) {
  for (const std::uint64_t seed : {1, 2}) {
    LayoutSetting setting{.epochs = 200, .seed = seed};
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto peer = test::reference::layout_loss(
        setting, edges,
        test::reference::sequential_layout(setting, edges, test::points_of(plane), random));
    for (const bool implicit : {false, true}) {
      setting.implicit = implicit;
      const auto ours = loss(setting);
      EXPECT_NEAR(total(ours) / total(peer), 1.0, implicit ? 0.05 : 0.02);
      EXPECT_NEAR(ours.attraction / peer.attraction, 1.0, 0.1);
      EXPECT_NEAR(ours.repulsion / peer.repulsion, 1.0, 0.1);
    }
  }
}

TEST_F(LayoutLossTest, ShowsDrawsThatAreMissing) {
  for (const bool implicit : {false, true}) {
    const auto all = loss({.epochs = 200, .implicit = implicit}),
               few = loss({.epochs = 200, .draws = 1, .implicit = implicit});
    EXPECT_GT(few.repulsion, 1.5 * all.repulsion);
    EXPECT_LT(few.attraction, 0.7 * all.attraction);
  }
}

}  // namespace
}  // namespace whiteline
