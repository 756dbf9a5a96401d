// Where the connected parts of a graph stand to each other.
#pragma once

#include <cstdint>
#include <vector>

#include <whiteline/matrix.hpp>

#include "algorithms/umap/components.hpp"

namespace whiteline::umap {

struct Centres {
  std::vector<double> places;  // count x dimensions
  std::vector<double> radii;   // half the distance to the nearest other place
};

// Of two parts or more. Up to two an axis: one at each end of it. More: as the means of their
// spectra stand to each other, by eigenvectors of exp(-(distance / median)^2); more than 512, or
// without spectra: on a lattice.
Centres component_centres(const Components& components, std::int64_t dimensions,
                          const HostView& spectra, std::uint64_t seed, core::ThreadPool& pool);

}  // namespace whiteline::umap
