// Rows joined as the distance grows: edges of equal length join at once, so that the hierarchy does
// not depend on which of several spanning trees they are from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/hdbscan/edge.hpp"

namespace whiteline::hdbscan_parts {

class Dendrogram {
 public:
  // `edges` ascending, a spanning tree of the rows; rows >= 1.
  Dendrogram(std::int64_t rows, std::span<const Edge> edges);

  // Nodes 0 .. rows - 1 are the rows, the others follow as they are joined.
  struct Node {
    float reach = 0.0f;         // at which it is joined
    std::int32_t smallest = 0;  // row in it
    std::int64_t size = 1;
    std::int64_t first_child = 0, child_count = 0;
  };

  std::int32_t root() const { return std::int32_t(nodes_.size()) - 1; }
  const Node& node(std::int32_t number) const { return nodes_[std::size_t(number)]; }
  // In the order of their smallest rows.
  std::span<const std::int32_t> children(std::int32_t number) const {
    const Node& parent = node(number);
    return std::span(children_).subspan(std::size_t(parent.first_child),
                                        std::size_t(parent.child_count));
  }
  // visit(row) for the rows of a node.
  template <class Visit>
  void each_row(std::int32_t number, Visit&& visit) const {
    std::vector<std::int32_t> left = {number};
    while (!left.empty()) {
      const std::int32_t next = left.back();
      left.pop_back();
      const auto below = children(next);
      if (below.empty()) visit(next);
      left.insert(left.end(), below.begin(), below.end());
    }
  }

 private:
  std::vector<Node> nodes_;
  std::vector<std::int32_t> children_;
};

}  // namespace whiteline::hdbscan_parts
