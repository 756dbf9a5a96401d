// A graph that also heeds what each spectrum is known to be.
#pragma once

#include "algorithms/umap/fuzzy_graph.hpp"

namespace whiteline::umap {

// The graph with the edges between different categories weakened, or intersected with the graph of
// the numbers; `graph` itself for an empty target.
WHITELINE_EXPORT FuzzyGraph supervised(const Context& ctx, const UmapParams& params,
                                       FuzzyGraph graph, const UmapTarget& target,
                                       core::ThreadPool& pool);

}  // namespace whiteline::umap
