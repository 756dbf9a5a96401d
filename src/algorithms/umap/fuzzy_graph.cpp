#include "algorithms/umap/fuzzy_graph.hpp"

#include <limits>
#include <numeric>
#include <utility>

#include "algorithms/umap/checks.hpp"
#include "core/umap_model.hpp"

namespace whiteline {

namespace umap {

int host_threads(const Context& ctx) { return ctx.device().name == "cpu" ? ctx.threads() : 0; }

NeighborDistances near_distances(const KnnGraph& neighbors, std::int64_t n_neighbors) {
  return {neighbors.distances.data(), neighbors.rows, n_neighbors - 1, neighbors.k};
}

Memberships memberships(const KnnGraph& neighbors, std::int64_t n_neighbors,
                        double local_connectivity, double disconnection_distance,
                        core::ThreadPool& pool) {
  NeighborDistances near = near_distances(neighbors, n_neighbors);
  std::vector<float> cut;  // distances, infinite where left out
  if (disconnection_distance < std::numeric_limits<double>::infinity()) {
    cut = neighbors.distances;
    for (float& distance : cut)
      if (double(distance) >= disconnection_distance)
        distance = std::numeric_limits<float>::infinity();
    near.distances = cut.data();
  }
  Memberships out;
  out.reach = smooth_knn(near, n_neighbors, local_connectivity, mean_distance(near), pool);
  const std::int64_t count = near.count;
  out.matrix.rows = near.rows;
  out.matrix.offsets.resize(std::size_t(near.rows + 1));
  for (std::size_t row = 0; row < out.matrix.offsets.size(); ++row)
    out.matrix.offsets[row] = std::int64_t(row) * count;
  out.matrix.columns.resize(std::size_t(near.rows * count));
  out.matrix.weights.resize(out.matrix.columns.size());
  core::parallel_for(pool, near.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row)
      for (std::int64_t m = 0; m < count; ++m) {
        const auto i = std::size_t(row * count + m);
        out.matrix.columns[i] = neighbors.indices[std::size_t(row * neighbors.k + m)];
        const float distance = near.row(row)[std::size_t(m)];
        out.matrix.weights[i] = distance < std::numeric_limits<float>::infinity()
                                    ? membership(distance, out.reach.rho[std::size_t(row)],
                                                 out.reach.sigma[std::size_t(row)])
                                    : 0.0f;
      }
  });
  return out;
}

FuzzyGraph fuzzy_graph(const UmapParams& params, const KnnGraph& neighbors,
                       core::ThreadPool& pool) {
  Memberships near = memberships(neighbors, params.n_neighbors, params.local_connectivity,
                                 params.disconnection_distance, pool);
  SparseRows joined = fuzzy_union(near.matrix, params.set_op_mix_ratio, pool);
  return {joined.rows,
          std::move(joined.offsets),
          std::move(joined.columns),
          std::move(joined.weights),
          std::move(near.reach.rho),
          std::move(near.reach.sigma)};
}

}  // namespace umap

FuzzyGraph fuzzy_graph(const Context& ctx, const UmapParams& params, const KnnGraph& neighbors) {
  core::check_umap(params);
  umap::check(params, neighbors);
  core::ThreadPool pool(umap::host_threads(ctx));
  return umap::fuzzy_graph(params, neighbors, pool);
}

}  // namespace whiteline
