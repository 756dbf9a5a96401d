#include "core/knn_graph.hpp"

#include <cmath>

namespace whiteline::core {

void check_whole(const KnnGraph& graph) {
  require(graph.rows >= 1, "cannot use the graph (it has no rows) compute one");
  const bool alone = graph.rows == 1 && graph.k == 0;
  require(
      alone || (graph.k >= 1 && graph.k < graph.rows),
      "cannot use the graph (its k is not from 1 to the number of other rows) compute it again");
  const std::size_t entries = graph.indices.size();
  require(graph.distances.size() == entries &&
              (alone ? entries == 0
                     : entries % std::size_t(graph.k) == 0 &&
                           entries / std::size_t(graph.k) == std::size_t(graph.rows)),
          "cannot use the graph (its arrays are not rows x k) compute it again");
  for (std::size_t i = 0; i < entries; ++i) {
    const std::int32_t other = graph.indices[i];
    require(other >= 0 && other < graph.rows && other != std::int64_t(i) / graph.k,
            "cannot use the graph (a neighbour is no other row) compute it again");
    const bool first = std::int64_t(i) % graph.k == 0;
    require(std::isfinite(graph.distances[i]) &&
                graph.distances[i] >= (first ? 0.0f : graph.distances[i - 1]),
            "cannot use the graph (distances do not ascend) compute it again");
  }
}

}  // namespace whiteline::core
