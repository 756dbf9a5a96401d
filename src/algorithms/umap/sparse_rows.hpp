// Sparse square matrices by rows.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace whiteline::umap {

constexpr std::int64_t rows_a_chunk = 256;

// Row i has the entries offsets[i] .. offsets[i + 1] - 1.
struct SparseRows {
  std::int64_t rows = 0;
  std::vector<std::int64_t> offsets;
  std::vector<std::int32_t> columns;
  std::vector<float> weights;
};

// The same, not owned.
struct SparseView {
  std::int64_t rows = 0;
  std::span<const std::int64_t> offsets;
  std::span<const std::int32_t> columns;
  std::span<const float> weights;

  template <class Matrix>
  SparseView(const Matrix& matrix)
      : rows(matrix.rows),
        offsets(matrix.offsets),
        columns(matrix.columns),
        weights(matrix.weights) {}

  // visit(column, weight) for the entries of a row.
  template <class Visit>
  void for_row(std::int64_t row, Visit&& visit) const {
    const std::int64_t end = offsets[std::size_t(row) + 1];
    for (std::int64_t e = offsets[std::size_t(row)]; e < end; ++e)
      visit(columns[std::size_t(e)], weights[std::size_t(e)]);
  }
};

// entry(column, weight in a, weight in b) for each column that row `row` of one of them has, 0 for
// an absent one; columns of both ascend.
template <class Entry>
void merge_rows(const SparseRows& a, const SparseRows& b, std::size_t row, Entry&& entry) {
  constexpr std::int32_t no_column = std::numeric_limits<std::int32_t>::max();
  std::int64_t i = a.offsets[row], j = b.offsets[row];
  const std::int64_t a_end = a.offsets[row + 1], b_end = b.offsets[row + 1];
  while (i < a_end || j < b_end) {
    const std::int32_t left = i < a_end ? a.columns[std::size_t(i)] : no_column;
    const std::int32_t right = j < b_end ? b.columns[std::size_t(j)] : no_column;
    const float left_weight = left <= right ? a.weights[std::size_t(i++)] : 0.0f;
    const float right_weight = right <= left ? b.weights[std::size_t(j++)] : 0.0f;
    entry(left < right ? left : right, left_weight, right_weight);
  }
}

// Rows of the result have ascending columns.
WHITELINE_EXPORT SparseRows transposed(const SparseRows& matrix);

// mix (A + A' - A o A') + (1 - mix) A o A', zeros left out, of entries with distinct columns a row:
// bit for bit symmetric, columns ascending.
WHITELINE_EXPORT SparseRows fuzzy_union(const SparseRows& matrix, double mix,
                                        core::ThreadPool& pool);

}  // namespace whiteline::umap
