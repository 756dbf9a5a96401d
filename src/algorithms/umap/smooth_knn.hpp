// How far the neighbourhood of each row reaches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace whiteline::umap {

// Neighbours of some rows: `count` ascending distances each, `stride` apart.
struct NeighborDistances {
  const float* distances = nullptr;
  std::int64_t rows = 0, count = 0, stride = 0;
  // A row's own neighbourhood begins with itself, at distance 0, which is not stored. That of a new
  // row begins with its nearest, which like the row itself is not among the memberships added up.
  enum class First { the_row_itself, the_nearest } first = First::the_row_itself;

  std::span<const float> row(std::int64_t number) const {
    return {distances + number * stride, std::size_t(count)};
  }
};

struct Reach {
  std::vector<float> rho, sigma;  // one a row
};

// rho: the local_connectivity-th positive distance (between two: interpolated; fewer: the largest;
// none: 0). sigma: where the memberships exp(-(d - rho) / sigma), 1 up to rho, of all neighbours
// add up to log2(n_neighbors); at least 1e-3 of the row's mean distance or, where rho = 0, of
// `overall_mean`. Infinite distances are neighbours left out.
Reach smooth_knn(const NeighborDistances& near, std::int64_t n_neighbors, double local_connectivity,
                 double overall_mean, core::ThreadPool& pool);

// Of all rows, the rows themselves counted where the first of their neighbourhoods.
double mean_distance(const NeighborDistances& near);

// How much a neighbour at `distance` belongs to the row.
float membership(float distance, float rho, float sigma);

}  // namespace whiteline::umap
