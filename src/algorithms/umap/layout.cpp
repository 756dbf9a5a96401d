#include "algorithms/umap/layout.hpp"

#include <algorithm>

#include "formulas/umap.hpp"

namespace whiteline::umap {

Edges active_edges(const SparseView& graph, Largest largest, std::int64_t epochs) {
  const float overall =
      graph.weights.empty() ? 0.0f : *std::max_element(graph.weights.begin(), graph.weights.end());
  Edges edges;
  edges.offsets.push_back(0);
  for (std::int64_t row = 0; row < graph.rows; ++row) {
    float top = overall;
    if (largest == Largest::of_row) {
      top = 0.0f;
      graph.for_row(row, [&](std::int32_t, float weight) { top = std::max(top, weight); });
    }
    graph.for_row(row, [&](std::int32_t column, float weight) {
      if (!(double(weight) * double(epochs) >= double(top)) || weight <= 0.0f) return;
      edges.columns.push_back(column);
      edges.activities.push_back(formulas::edge_activity(double(weight), double(top)));
    });
    edges.offsets.push_back(std::ssize(edges.columns));
  }
  return edges;
}

DeviceEdges::DeviceEdges(const Context& ctx, const Edges& edges)
    : offsets_(ctx, edges.offsets),
      columns_(ctx, edges.columns),
      activities_(ctx, edges.activities) {}

core::LayoutParams layout_params(const UmapParams& params, const UmapCurve& curve,
                                 std::int64_t epochs) {
  core::LayoutParams out;
  out.variant = params.layout == UmapLayout::implicit ? formulas::LayoutVariant::implicit
                                                      : formulas::LayoutVariant::serial_order;
  out.curve = {float(curve.a), float(curve.b), float(params.repulsion_strength)};
  out.learning_rate = float(params.learning_rate);
  out.epochs = std::int32_t(epochs);
  out.draws = std::int32_t(params.negative_sample_rate);
  out.seed = params.random_state;
  return out;
}

void run_layout(const Context& ctx, core::Layout& layout, std::int64_t epochs, std::int64_t edges,
                MatrixView positions, const Progress& progress) {
  constexpr std::int64_t most_at_once = 16;         // epochs
  constexpr std::int64_t edges_a_report = 4 << 20;  // times epochs; about 50 ms
  const std::int64_t step =
      std::clamp<std::int64_t>(edges_a_report / std::max<std::int64_t>(edges, 1), 1, most_at_once);
  for (std::int64_t begin = 0; begin < epochs; begin += step) {
    report(progress, "layout", std::uint64_t(begin), std::uint64_t(epochs));
    layout.advance(std::int32_t(begin), std::int32_t(std::min(begin + step, epochs)), positions);
  }
  ctx.synchronize();
}

}  // namespace whiteline::umap
