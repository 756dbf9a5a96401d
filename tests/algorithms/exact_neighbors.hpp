// Graphs of neighbours against the definition of their order.
#pragma once

#include <gtest/gtest.h>
#include <whiteline/neighbors.hpp>

#include <cmath>

#include "reference/neighbors.hpp"

namespace whiteline::test {

// Neighbours of every `step`-th row of x as the definition gives them: exactly.
inline void expect_exact(const KnnGraph& graph, const Table& x, std::int64_t step = 1) {
  for (std::int64_t row = 0; row < x.rows; row += step) {
    const auto want = reference::nearest(x.row(row), x, graph.k, row);
    for (std::int64_t m = 0; m < graph.k; ++m) {
      ASSERT_EQ(graph.indices[at(row * graph.k + m)], want.rows[at(m)]) << row << ", " << m;
      ASSERT_EQ(graph.distances[at(row * graph.k + m)], std::sqrt(want.squared_distances[at(m)]));
    }
  }
}

}  // namespace whiteline::test
