// Graphs and positions for tests of layouts.
#pragma once

#include <map>
#include <memory>
#include <random>

#include "core/ops/layout.hpp"
#include "reference/layout.hpp"
#include "support/framed.hpp"

namespace whiteline::test {

using Edges = std::vector<std::vector<reference::Edge>>;

// `pairs` random pairs of rows, both ways, of random activity; some are active in every epoch.
inline Edges random_edges(std::int64_t rows, std::int64_t pairs, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::map<std::int32_t, std::uint32_t>> sorted(at(rows));
  for (std::int64_t p = 0; p < pairs && rows > 1; ++p) {
    const auto i = std::int32_t(random() % rows), j = std::int32_t(random() % rows);
    const auto activity = random() % 8 == 0 ? 0xffffffffu : std::uint32_t(random());
    if (i != j) sorted[at(i)][j] = sorted[at(j)][i] = activity;
  }
  Edges edges(at(rows));
  for (std::size_t i = 0; i < edges.size(); ++i)
    for (const auto& [other, activity] : sorted[i]) edges[i].push_back({other, activity});
  return edges;
}

// Positions about as far from each other as in an embedding: in a box of this size.
inline double extent_for(std::int64_t rows, std::int64_t dims) {
  return 4.0 * std::pow(double(rows), 1.0 / double(dims));
}
inline Table random_positions(std::int64_t rows, std::int64_t dims, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(0.0f, float(extent_for(rows, dims)));
  Table table(rows, dims);
  for (float& value : table.values) value = uniform(random);
  return table;
}

inline std::vector<reference::Point> points_of(const Table& table) {
  std::vector<reference::Point> points;
  for (std::int64_t row = 0; row < table.rows; ++row) {
    const std::vector<float> values = table.row(row);
    points.emplace_back(values.begin(), values.end());
  }
  return points;
}

inline core::LayoutParams params_of(const reference::LayoutSetting& setting) {
  return {
      setting.implicit ? formulas::LayoutVariant::implicit : formulas::LayoutVariant::serial_order,
      {float(setting.a), float(setting.b), float(setting.gamma)},
      float(setting.learning_rate),
      setting.epochs,
      setting.draws,
      setting.seed};
}

// A graph on the device.
class DeviceGraph {
 public:
  DeviceGraph(const Context& ctx, const Edges& edges) {
    std::vector<std::int64_t> offsets = {0};
    std::vector<std::int32_t> neighbors;
    std::vector<std::uint32_t> activity;
    for (const auto& row : edges) {
      for (const reference::Edge& edge : row) {
        neighbors.push_back(edge.other);
        activity.push_back(edge.activity);
      }
      offsets.push_back(std::int64_t(neighbors.size()));
    }
    offsets_ = core::Buffer<std::int64_t>(ctx, offsets);
    neighbors_ = core::Buffer<std::int32_t>(ctx, neighbors);
    activity_ = core::Buffer<std::uint32_t>(ctx, activity);
  }
  core::LayoutGraph get() const { return {offsets_.span(), neighbors_.span(), activity_.span()}; }

 private:
  core::Buffer<std::int64_t> offsets_;
  core::Buffer<std::int32_t> neighbors_;
  core::Buffer<std::uint32_t> activity_;
};

// Positions after the epochs up to `until`, in calls that end at the epochs of `cuts`.
inline Table laid_out(const Context& ctx, core::LayoutOps& ops, const Edges& edges,
                      const core::LayoutParams& params, const Table& start, std::int32_t until,
                      const std::vector<std::int32_t>& cuts = {}) {
  const DeviceGraph graph(ctx, edges);
  Framed positions(ctx, start);
  const auto layout = ops.layout(graph.get(), params);
  std::int32_t begin = 0;
  for (const std::int32_t cut : cuts) {
    layout->advance(begin, cut, positions.view());
    begin = cut;
  }
  layout->advance(begin, until, positions.view());
  return positions.take();
}

// The same for new rows among fixed ones.
inline Table laid_out_among(const Context& ctx, core::LayoutOps& ops, const Edges& edges,
                            const Table& fixed, const std::vector<std::uint32_t>& keys,
                            const core::LayoutParams& params, const Table& start,
                            std::int32_t until) {
  const DeviceGraph graph(ctx, edges);
  Framed positions(ctx, start), others(ctx, fixed);
  const core::Buffer<std::uint32_t> on_device(ctx, keys);
  ops.layout_among(graph.get(), {others.view(), on_device.span()}, params)
      ->advance(0, until, positions.view());
  others.take();
  return positions.take();
}

}  // namespace whiteline::test
