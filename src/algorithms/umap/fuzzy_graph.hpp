// From neighbours to the graph.
#pragma once

#include <whiteline/umap.hpp>

#include "algorithms/umap/smooth_knn.hpp"
#include "algorithms/umap/sparse_rows.hpp"

namespace whiteline::umap {

// Threads for work on the host: those of a CPU context, else all there are.
int host_threads(const Context& ctx);

// The first n_neighbors - 1 of each row.
NeighborDistances near_distances(const KnnGraph& neighbors, std::int64_t n_neighbors);

// How much each neighbour belongs to its row: a matrix that is not symmetric yet, columns in the
// order of the neighbours. Neighbours from `disconnection_distance` on are left out.
struct Memberships {
  SparseRows matrix;
  Reach reach;
};
Memberships memberships(const KnnGraph& neighbors, std::int64_t n_neighbors,
                        double local_connectivity, double disconnection_distance,
                        core::ThreadPool& pool);

FuzzyGraph fuzzy_graph(const UmapParams& params, const KnnGraph& neighbors, core::ThreadPool& pool);

}  // namespace whiteline::umap
