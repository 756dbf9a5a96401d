// The slowest modes of a graph.
#pragma once

#include <cstdint>
#include <vector>

#include <whiteline/progress.hpp>

#include "algorithms/umap/sparse_rows.hpp"

namespace whiteline::umap {

struct SpectralVectors {
  std::vector<double> values;   // descending
  std::vector<double> vectors;  // count x rows: one a row, of unit length, largest element > 0
  double residual = 0.0;        // largest |M v - value v|
  std::int64_t products = 0;    // with blocks of vectors
};

// Eigenvectors 2 .. count + 1 of M = D^-1/2 W D^-1/2, D the sums of rows, largest values first; W
// is `graph`, connected and symmetric, with more than count + 1 rows. Always answers: with the best
// vectors found, however far the residual has come down. The same bits for any number of threads.
// Tells `progress` (stage "start") of products with M, of the most there may be.
WHITELINE_EXPORT SpectralVectors spectral_vectors(const SparseView& graph, std::int64_t count,
                                                  std::uint64_t seed, core::ThreadPool& pool,
                                                  const Progress& progress = {});

}  // namespace whiteline::umap
