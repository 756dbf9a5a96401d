#include "algorithms/hdbscan/dendrogram.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "algorithms/neighbors/disjoint_sets.hpp"

namespace whiteline::hdbscan_parts {

Dendrogram::Dendrogram(std::int64_t rows, std::span<const Edge> edges) : nodes_(std::size_t(rows)) {
  for (std::int32_t row = 0; row < rows; ++row) nodes_[std::size_t(row)].smallest = row;
  neighbors::DisjointSets sets(rows);                // find() gives the smallest row
  std::vector<std::int32_t> node_of(nodes_.size());  // of the set whose smallest row it is
  std::iota(node_of.begin(), node_of.end(), 0);
  std::vector<std::pair<std::int32_t, std::int32_t>> parts;  // smallest row of whole, of part
  for (std::size_t begin = 0, end = 0; begin < edges.size(); begin = end) {
    while (end < edges.size() && edges[end].reach == edges[begin].reach) ++end;
    const auto level = edges.subspan(begin, end - begin);
    parts.clear();
    for (const Edge& edge : level)
      for (const std::int32_t row : {edge.low, edge.high}) parts.emplace_back(0, sets.find(row));
    for (const Edge& edge : level) sets.unite(edge.low, edge.high);
    for (auto& [whole, part] : parts) whole = sets.find(part);
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    for (const auto& [whole, part] : parts) {
      const std::int32_t child = node_of[std::size_t(part)];
      if (part == whole)  // the first of its whole
        nodes_.push_back({level.front().reach, whole, 0, std::ssize(children_), 0});
      nodes_.back().size += node(child).size;
      ++nodes_.back().child_count;
      children_.push_back(child);
      node_of[std::size_t(whole)] = std::int32_t(nodes_.size()) - 1;
    }
  }
}

}  // namespace whiteline::hdbscan_parts
