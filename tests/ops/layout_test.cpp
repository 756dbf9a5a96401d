#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "layout_cases.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::at;
using test::Edges;
using test::Table;
using test::reference::LayoutSetting;
using test::reference::Point;

class LayoutTest : public test::OpsTest<&core::Ops::layout> {
 protected:
  Table run(const Edges& edges, const LayoutSetting& setting, const Table& start,
            std::int32_t until, const std::vector<std::int32_t>& cuts = {}) const {
    return test::laid_out(ctx(), ops(), edges, test::params_of(setting), start, until, cuts);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, LayoutTest, test::all_backends(), test::backend_name);

const std::vector<bool> variants = {false, true};  // implicit

void expect_near(const Table& got, const std::vector<Point>& want, double tolerance) {
  for (std::int64_t row = 0; row < got.rows; ++row)
    for (std::int64_t c = 0; c < got.cols; ++c)
      EXPECT_NEAR(got(row, c), want[at(row)][at(c)], tolerance) << "row " << row;
}

// Three epochs in which some hundred forces act on a row, each with the rounding of positions,
// which is that of the box they lie in. The rate is so low that none blows up what came before.
TEST_P(LayoutTest, RowsMoveAsTheDefinitionSays) {
  for (const bool implicit : variants)
    for (const std::int64_t rows : {1, 31, 32, 33, 257})
      for (const std::int64_t dims : {1, 2, 3, 8}) {
        if (emulated() && rows == 257 && dims != 2) continue;  // takes long
        const LayoutSetting setting{
            .learning_rate = 0.1, .draws = dims == 3 ? 0 : 5, .seed = 7, .implicit = implicit};
        const Edges edges = test::random_edges(rows, 4 * rows, 1);
        const Table start = test::random_positions(rows, dims, 2);
        expect_near(run(edges, setting, start, 3),
                    test::reference::layout(setting, edges, test::points_of(start), 3),
                    test::tolerance(100, test::extent_for(rows, dims)));
      }
}

TEST_P(LayoutTest, NoRowsAreNothingToDo) {
  for (const bool implicit : variants)
    EXPECT_EQ(run({}, {.implicit = implicit}, Table(0, 2), 10).rows, 0);
}

TEST_P(LayoutTest, NewRowsMoveAmongFixedOnes) {
  const Table fixed = test::random_positions(50, 2, 3);
  std::mt19937 random(4);
  for (const bool implicit : variants)
    for (const std::int64_t rows : {1, 33, 257}) {
      Edges edges(at(rows));
      std::vector<std::uint32_t> keys;
      for (auto& row : edges) {
        for (std::int32_t other = std::int32_t(random() % 9); other < 50; other += 11)
          row.push_back({other, std::uint32_t(random())});
        keys.push_back(std::uint32_t(random()));
      }
      const LayoutSetting setting{.learning_rate = 0.1, .seed = 9, .implicit = implicit};
      const Table start = test::random_positions(rows, 2, 5);
      const std::vector<Point> others = test::points_of(fixed);
      expect_near(
          test::laid_out_among(ctx(), ops(), edges, fixed, keys, test::params_of(setting), start,
                               3),
          test::reference::layout(setting, edges, test::points_of(start), 3, &others, &keys),
          test::tolerance(100, test::extent_for(257, 2)));
    }
}

TEST_P(LayoutTest, ANewRowsPathIsItsOwn) {
  const Table fixed = test::random_positions(40, 2, 6), start = test::random_positions(70, 2, 7);
  Edges edges;
  std::vector<std::uint32_t> keys;
  for (std::int32_t row = 0; row < 70; ++row) {
    edges.push_back({{row % 20, 3000000000u}, {20 + row % 17, 700000000u}});
    keys.push_back(std::uint32_t(row) * 2654435761u);
  }
  for (const bool implicit : variants) {
    const auto params = test::params_of({.seed = 5, .implicit = implicit});
    const Table all = test::laid_out_among(ctx(), ops(), edges, fixed, keys, params, start, 10);
    Table some_start(3, 2);
    Edges some_edges;
    std::vector<std::uint32_t> some_keys;
    for (const std::int64_t row : {64, 5, 37}) {
      std::copy_n(start.values.begin() + 2 * row, 2,
                  some_start.values.begin() + std::ssize(some_keys) * 2);
      some_edges.push_back(edges[at(row)]);
      some_keys.push_back(keys[at(row)]);
    }
    const Table some =
        test::laid_out_among(ctx(), ops(), some_edges, fixed, some_keys, params, some_start, 10);
    std::int64_t place = 0;
    for (const std::int64_t row : {64, 5, 37}) EXPECT_EQ(some.row(place++), all.row(row));
  }
}

TEST_P(LayoutTest, EpochsMayBeCutIntoCalls) {
  const Edges edges = test::random_edges(40, 100, 8);
  const Table start = test::random_positions(40, 2, 9);
  for (const bool implicit : variants) {
    const LayoutSetting setting{.epochs = 20, .seed = 3, .implicit = implicit};
    const Table whole = run(edges, setting, start, 20);
    EXPECT_EQ(run(edges, setting, start, 20, {10}).values, whole.values);
    EXPECT_EQ(run(edges, setting, start, 20, {1, 2, 17, 17}).values, whole.values);
    EXPECT_NE(run(edges, setting, start, 10).values, whole.values);
  }
}

TEST_P(LayoutTest, RowsWithoutEdgesStay) {
  Edges edges = test::random_edges(33, 100, 10);
  for (auto& row : edges) std::erase_if(row, [](const auto& edge) { return edge.other == 4; });
  edges[4].clear();
  Table start = test::random_positions(33, 3, 11);
  start(4, 1) = -0.0f;
  for (const bool implicit : variants) {
    const Table end = run(edges, {.implicit = implicit}, start, 10);
    EXPECT_EQ(end.row(4), start.row(4));
    EXPECT_TRUE(std::signbit(end(4, 1)));
    EXPECT_NE(end.row(5), start.row(5));
  }
}

// Two rows and no draws: pulls are equal and opposite when both directions act, nothing else does.
TEST_P(LayoutTest, BothDirectionsOfAnEdgeActInTheSameEpochs) {
  const Edges edges = {{{1, 1300000000u}}, {{0, 1300000000u}}};
  for (const bool implicit : variants) {
    const LayoutSetting setting{.epochs = 100, .draws = 0, .seed = 6, .implicit = implicit};
    const auto params = test::params_of(setting);
    const test::DeviceGraph graph(ctx(), edges);
    const auto layout = ops().layout(graph.get(), params);
    int active = 0;
    for (std::int32_t epoch = 0; epoch < 100; ++epoch) {
      Table start(2, 2);
      start(1, 0) = 2.0f;
      test::Framed positions(ctx(), start);
      layout->advance(epoch, epoch + 1, positions.view());
      const Table end = positions.take();
      EXPECT_NEAR(end(0, 0), 2.0 - end(1, 0), test::tolerance(1, 2.0));
      active += end(0, 0) != 0.0f;
    }
    EXPECT_TRUE(active == 30 || active == 31) << active;  // 100 * 1300000000 / 2^32 = 30.3
  }
}

// A twin at the same place neither pulls nor pushes: what moves a row is its draws. Their mean is
// that over all rows.
TEST_P(LayoutTest, TheMeanPushIsThatOfAllPairs) {
  const std::int64_t rows = 60;
  const std::int32_t epochs = emulated() ? 60 : 600;
  Table start = test::random_positions(rows, 2, 12);
  for (float& value : start.values) value *= 0.2f;
  Edges edges(at(rows));
  for (std::int64_t row = 0; row < rows; row += 2) {
    start(row + 1, 0) = start(row, 0);
    start(row + 1, 1) = start(row, 1);
    edges[at(row)] = {{std::int32_t(row + 1), 0xffffffffu}};
    edges[at(row + 1)] = {{std::int32_t(row), 0xffffffffu}};
  }
  const std::vector<Point> points = test::points_of(start);
  const float step = 1e-3f;  // so small that positions stay; the rate falls from it to its half
  for (const bool implicit : variants) {
    const LayoutSetting setting{
        .learning_rate = step, .epochs = 2 * epochs, .seed = 13, .implicit = implicit};
    const test::DeviceGraph graph(ctx(), edges);
    const auto layout = ops().layout(graph.get(), test::params_of(setting));
    std::vector<Point> sum(at(rows), Point(2, 0.0));
    double rates = 0.0;
    for (std::int32_t epoch = 0; epoch < epochs; ++epoch) {
      test::Framed moved(ctx(), start);
      layout->advance(epoch, epoch + 1, moved.view());
      const Table end = moved.take();
      rates += step * (1.0 - epoch / (2.0 * epochs));
      for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < 2; ++c) sum[at(row)][at(c)] += end(row, c) - start(row, c);
    }
    double worst = 0.0;
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::size_t c = 0; c < 2; ++c) {
        double mean = 0.0, squares = 0.0;
        for (const Point& other : points) {
          const double c_r =
              test::reference::push(setting, test::reference::squared(points[at(row)], other));
          const double force = test::reference::clip(c_r * (points[at(row)][c] - other[c]));
          mean += force / double(rows);
          squares += force * force / double(rows);
        }
        const double draws = 5.0 * epochs;
        const double sigma = std::sqrt((squares - mean * mean) / draws);
        const double got = sum[at(row)][c] / rates / 5.0;
        worst = std::max(worst, std::abs(got - mean) / sigma);
      }
    EXPECT_LT(worst, 4.5);  // of 120 normal numbers
    EXPECT_GT(worst, 1.0);
  }
}

TEST(LayoutFormulas, EdgesAreActiveFloorOrCeilOfTheirShare) {
  for (const double share : {1.0, 0.999999, 0.5, 0.3, 1.0 / 3.0, 0.0321, 1.0 / 499.0, 1e-9})
    for (std::uint32_t other = 1; other < 40; ++other) {
      const std::uint32_t activity = formulas::edge_activity(share, 1.0);
      const std::uint32_t phase = formulas::edge_phase(3, 0, other);
      int count = 0;
      for (int epoch = 0; epoch < 500; ++epoch) {
        const bool active = formulas::edge_is_active(activity, phase, std::uint32_t(epoch));
        EXPECT_EQ(active, test::reference::is_active(activity, phase, epoch));
        count += active;
        const double wanted = share * (epoch + 1);
        EXPECT_GE(count, std::floor(wanted - 1e-6)) << share;
        EXPECT_LE(count, std::ceil(wanted + 1e-6)) << share;
      }
    }
  EXPECT_EQ(formulas::edge_activity(2.0, 2.0), 0xffffffffu);
}

TEST(LayoutFormulas, PhasesAndDrawsAreUniform) {
  constexpr std::uint32_t bins = 97;
  std::vector<double> phases(bins), draws(bins);
  double count = 0.0;
  for (std::uint32_t row = 0; row < 100; ++row)
    for (std::uint32_t epoch = 0; epoch < 20; ++epoch)
      for (std::uint32_t block = 0; block < 10; ++block) {
        const auto words = formulas::draw_words(8, epoch, row, block);
        const auto same =
            formulas::philox_block(8, block, epoch, 0, formulas::Purpose::layout_draw, row);
        for (int w = 0; w < 4; ++w) {
          EXPECT_EQ(words.word[w], same.word[w]);
          draws[formulas::drawn_row(words.word[w], bins)] += 1.0;
          count += 1.0;
        }
      }
  for (std::uint32_t i = 0; i < 80000; ++i)
    phases[formulas::drawn_row(formulas::edge_phase(8, i % 283, i / 283), bins)] += 1.0;
  for (const auto& [seen, total] : {std::pair(phases, 80000.0), std::pair(draws, count)}) {
    double chi_square = 0.0;
    for (const double n : seen) chi_square += (n - total / bins) * (n - total / bins);
    chi_square /= total / bins;
    EXPECT_NEAR(chi_square, bins - 1.0, 4.0 * std::sqrt(2.0 * (bins - 1.0)));
  }
}

}  // namespace
}  // namespace whiteline
