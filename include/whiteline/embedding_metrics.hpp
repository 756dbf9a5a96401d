// How much of who is near whom an embedding keeps, and how well labels can be read off it.
#pragma once

#include <cstdint>
#include <span>

#include <whiteline/matrix.hpp>
#include <whiteline/neighbors.hpp>
#include <whiteline/progress.hpp>

namespace whiteline {

struct NeighborhoodParams {
  std::int64_t k = 15;                // neighbours looked at; 1 <= k < rows / 2
  Metric metric = Metric::euclidean;  // of the spectra; positions are compared by euclidean
  std::int64_t sample = 0;            // rows drawn to stand for all; 0: all of them
  std::uint64_t seed = 42;            // of the draw
  Progress progress;                  // stage "ranks", of rows
};

// Each in [0, 1]; 1: no neighbour is false, or lost.
struct NeighborhoodScores {
  double trustworthiness = 0.0;  // punishes rows that are near in the embedding only
  double continuity = 0.0;       // punishes rows that are near in the spectra only
  // Standard errors of a sample; 0 where all rows were taken.
  double trustworthiness_error = 0.0, continuity_error = 0.0;
  std::int64_t rows = 0;  // taken
};

// J. Venna, S. Kaski, Neural Networks 19 (2006) 889: 1 - 2 / (n k (2 n - 3 k - 1)) times the sum,
// over rows i and those j that are among i's k nearest in the one space only, of rank(i, j) - k in
// the other. Ranks are the order of knn_graph. Compares each taken row with all others, a block at
// a time. Throws InvalidArgument for another number of positions than of spectra, k or sample out
// of range, and as knn_query.
WHITELINE_EXPORT NeighborhoodScores neighborhood_scores(const Context& ctx,
                                                        const NeighborhoodParams& params,
                                                        const Matrix& x, const Matrix& positions);

struct NeighborAccuracyParams {
  std::int64_t k = 15;
  int folds = 2;            // stratified
  std::uint64_t seed = 42;  // of their shuffle
};

// Share of rows whose label is that of most of their k nearest rows of the other folds (smallest
// label at a tie). Rows of no_label (-1) are left out. Throws InvalidArgument for folds or k that
// the classes are too small for.
WHITELINE_EXPORT double neighbor_accuracy(const Context& ctx, const NeighborAccuracyParams& params,
                                          const Matrix& positions,
                                          std::span<const std::int32_t> labels);

}  // namespace whiteline
