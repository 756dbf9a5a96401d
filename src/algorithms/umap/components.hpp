// Connected parts of a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "algorithms/umap/sparse_rows.hpp"

namespace whiteline::umap {

constexpr std::int32_t no_component = -1;  // of rows without edges

struct Components {
  std::vector<std::int32_t> of_row;             // numbered in the order of their first rows
  std::vector<std::vector<std::int32_t>> rows;  // of each component, ascending
  std::vector<std::int32_t> position;           // of each row among those of its component

  std::int64_t count() const { return std::ssize(rows); }
};

// Of a symmetric graph.
WHITELINE_EXPORT Components connected_components(const SparseView& graph);

// The graph among the rows of a component; each row becomes its position. Costs as much as the
// component has edges.
WHITELINE_EXPORT SparseRows part_of(const SparseView& graph, const Components& components,
                                    std::int64_t component);

}  // namespace whiteline::umap
