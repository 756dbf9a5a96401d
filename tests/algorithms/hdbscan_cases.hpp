// Rows for tests of clustering.
#pragma once

#include <whiteline/matrix.hpp>

#include <random>

#include "support/random_table.hpp"

namespace whiteline::test {

inline Matrix upload(const Context& ctx, const Table& x) {
  return Matrix::from_host(ctx, HostView(x.values.data(), x.rows, x.cols));
}

// Normal numbers about `centres` far points.
inline Table blobs(std::int64_t rows, std::int64_t cols, int centres, unsigned seed,
                   float far = 12.0f) {
  Table table = normal_table(rows, cols, seed);
  for (std::int64_t row = 0; row < rows; ++row)
    table(row, (row % centres) % cols) += far * float(1 + row % centres);
  return table;
}

// Small whole numbers, so that distances are often equal and rows often the same.
inline Table grid_points(std::int64_t rows, std::int64_t cols, unsigned seed, int values = 4) {
  std::mt19937 random(seed);
  Table table(rows, cols);
  for (float& value : table.values) value = float(int(random() % unsigned(values)));
  return table;
}

}  // namespace whiteline::test
