#include "algorithms/umap/components.hpp"

#include "algorithms/neighbors/disjoint_sets.hpp"

namespace whiteline::umap {

Components connected_components(const SparseView& graph) {
  neighbors::DisjointSets sets(graph.rows);
  for (std::int64_t row = 0; row < graph.rows; ++row)
    graph.for_row(row, [&](std::int32_t column, float) {
      if (column < row) sets.unite(std::int32_t(row), column);  // else seen from its other end
    });
  Components found;
  found.of_row.assign(std::size_t(graph.rows), no_component);
  found.position.assign(std::size_t(graph.rows), 0);
  for (std::int32_t row = 0; row < graph.rows; ++row) {
    if (graph.offsets[std::size_t(row)] == graph.offsets[std::size_t(row) + 1]) continue;
    const std::int32_t root = sets.find(row);  // the first row
    std::int32_t& number = found.of_row[std::size_t(root)];
    if (root == row) {
      number = std::int32_t(found.count());
      found.rows.emplace_back();
    }
    auto& members = found.rows[std::size_t(number)];
    found.of_row[std::size_t(row)] = number;
    found.position[std::size_t(row)] = std::int32_t(members.size());
    members.push_back(row);
  }
  return found;
}

SparseRows part_of(const SparseView& graph, const Components& components, std::int64_t component) {
  const std::vector<std::int32_t>& rows = components.rows[std::size_t(component)];
  SparseRows part{std::ssize(rows), {0}, {}, {}};
  for (const std::int32_t row : rows) {
    graph.for_row(row, [&](std::int32_t column, float weight) {
      part.columns.push_back(components.position[std::size_t(column)]);
      part.weights.push_back(weight);
    });
    part.offsets.push_back(std::ssize(part.columns));
  }
  return part;
}

}  // namespace whiteline::umap
