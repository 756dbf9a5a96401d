// Forces of UMAP's layout.
#include <fmt/format.h>

#include <random>
#include <set>
#include <vector>

#include "core/backend.hpp"
#include "core/ops/ops.hpp"
#include "support.hpp"

namespace whiteline::bench {
namespace {

// Random rows, each with `degree` edges or a few more; on average a tenth of them is active.
struct Graph {
  core::Buffer<std::int64_t> offsets;
  core::Buffer<std::int32_t> neighbors;
  core::Buffer<std::uint32_t> activity;
  double active = 0.0;  // edges an epoch

  Graph(const Context& ctx, std::int64_t rows, std::int64_t degree) {
    std::mt19937 random(1);
    std::vector<std::set<std::int32_t>> edges(static_cast<std::size_t>(rows));
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t e = 0; e < degree / 2; ++e) {
        const auto other = std::int32_t(random() % std::uint32_t(rows));
        if (other == row) continue;
        edges[std::size_t(row)].insert(other);
        edges[std::size_t(other)].insert(std::int32_t(row));
      }
    std::vector<std::int64_t> begins = {0};
    std::vector<std::int32_t> others;
    std::vector<std::uint32_t> activities;
    for (std::size_t row = 0; row < edges.size(); ++row) {
      for (const std::int32_t other : edges[row]) {
        others.push_back(other);
        activities.push_back(formulas::edge_activity(0.1, 1.0));
        active += 0.1;
      }
      begins.push_back(std::int64_t(others.size()));
    }
    offsets = core::Buffer<std::int64_t>(ctx, begins);
    neighbors = core::Buffer<std::int32_t>(ctx, others);
    activity = core::Buffer<std::uint32_t>(ctx, activities);
  }
  core::LayoutGraph get() const {
    return {std::as_const(offsets).span(), std::as_const(neighbors).span(),
            std::as_const(activity).span()};
  }
};

const Cases layouts([](const Context& ctx) {
  if (!ctx.queue().ops().layout) return;
  using formulas::LayoutVariant;
  constexpr std::int32_t epochs = 16;
  for (const auto variant : {LayoutVariant::serial_order, LayoutVariant::implicit})
    for (const std::int64_t degree : {20, 160})
      add(variant == LayoutVariant::implicit ? "layout_implicit" : "layout_serial_order", ctx,
          fmt::format("7187x{}", degree), [=, &ctx](benchmark::State& state) {
            const Graph graph(ctx, 7187, degree);
            core::LayoutParams params;
            params.variant = variant;
            params.curve = {1.577f, 0.895f, 1.0f};
            params.epochs = 500;
            const auto layout = ctx.queue().ops().layout->layout(graph.get(), params);
            Matrix positions = random_matrix(ctx, 7187, 2, 1);
            time(state, ctx, [&] { layout->advance(0, epochs, positions.view()); });
            const double forces = epochs * graph.active * (1.0 + params.draws);
            state.counters["forces/s"] =
                benchmark::Counter(forces, benchmark::Counter::kIsIterationInvariantRate);
          });
});

}  // namespace
}  // namespace whiteline::bench
