// Where the points are before the layout.
#pragma once

#include <cstdint>
#include <vector>

#include "algorithms/umap/components.hpp"
#include "algorithms/umap/fuzzy_graph.hpp"

namespace whiteline::umap {

struct Start {
  std::vector<float> positions;  // rows x n_components, each axis from 0 to 10
  double residual = 0.0;         // of the eigenvectors
};

// `spectra`: of the rows of the graph, float32 without gaps; may be empty (data null) where no
// principal components are asked for: the parts of the graph are then put on a lattice.
Start starting_positions(const Context& ctx, const UmapParams& params, const FuzzyGraph& graph,
                         const Components& components, const HostView& spectra,
                         core::ThreadPool& pool);

}  // namespace whiteline::umap
