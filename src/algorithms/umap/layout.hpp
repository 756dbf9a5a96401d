// Runs the layout on the device.
#pragma once

#include <whiteline/umap.hpp>

#include <cstdint>
#include <vector>

#include "algorithms/umap/sparse_rows.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::umap {

// A graph as the device wants it.
struct Edges {
  std::vector<std::int64_t> offsets;
  std::vector<std::int32_t> columns;
  std::vector<std::uint32_t> activities;
};

// Edges that are active at least once in `epochs`: an edge's share of epochs is its weight over
// the largest, of the whole graph or of its row.
enum class Largest { of_graph, of_row };
Edges active_edges(const SparseView& graph, Largest largest, std::int64_t epochs);

// Edges in device memory.
class DeviceEdges {
 public:
  DeviceEdges(const Context& ctx, const Edges& edges);
  core::LayoutGraph graph() const { return {offsets_.span(), columns_.span(), activities_.span()}; }

 private:
  core::Buffer<std::int64_t> offsets_;
  core::Buffer<std::int32_t> columns_;
  core::Buffer<std::uint32_t> activities_;
};

core::LayoutParams layout_params(const UmapParams& params, const UmapCurve& curve,
                                 std::int64_t epochs);

// All epochs, telling `progress` (stage "layout") on the way.
void run_layout(const Context& ctx, core::Layout& layout, std::int64_t epochs, std::int64_t edges,
                MatrixView positions, const Progress& progress);

}  // namespace whiteline::umap
