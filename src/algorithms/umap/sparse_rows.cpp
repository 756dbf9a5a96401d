#include "algorithms/umap/sparse_rows.hpp"

#include <cstddef>
#include <numeric>

namespace whiteline::umap {

SparseRows transposed(const SparseRows& matrix) {
  SparseRows out{matrix.rows, std::vector<std::int64_t>(matrix.offsets.size(), 0),
                 std::vector<std::int32_t>(matrix.columns.size()),
                 std::vector<float>(matrix.weights.size())};
  for (const std::int32_t column : matrix.columns) ++out.offsets[std::size_t(column) + 1];
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  std::vector<std::int64_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (std::int64_t row = 0; row < matrix.rows; ++row)
    for (std::int64_t e = matrix.offsets[std::size_t(row)];
         e < matrix.offsets[std::size_t(row) + 1]; ++e) {
      const auto place = std::size_t(next[std::size_t(matrix.columns[std::size_t(e)])]++);
      out.columns[place] = std::int32_t(row);
      out.weights[place] = matrix.weights[std::size_t(e)];
    }
  return out;
}

SparseRows fuzzy_union(const SparseRows& matrix, double mix, core::ThreadPool& pool) {
  const SparseRows from = transposed(matrix), to = transposed(from);
  const auto joined = [&](float a, float b) {
    const double product = double(a) * double(b);
    return float(mix * (double(a) + double(b) - product) + (1.0 - mix) * product);
  };
  SparseRows out{matrix.rows, std::vector<std::int64_t>(matrix.offsets.size(), 0), {}, {}};
  core::parallel_for(pool, matrix.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (auto row = std::size_t(begin); row < std::size_t(end); ++row)
      merge_rows(to, from, row, [&](std::int32_t, float a, float b) {
        out.offsets[row + 1] += joined(a, b) > 0.0f;
      });
  });
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  out.columns.resize(std::size_t(out.offsets.back()));
  out.weights.resize(out.columns.size());
  core::parallel_for(pool, matrix.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
    for (auto row = std::size_t(begin); row < std::size_t(end); ++row) {
      auto place = std::size_t(out.offsets[row]);
      merge_rows(to, from, row, [&](std::int32_t column, float a, float b) {
        const float weight = joined(a, b);
        if (!(weight > 0.0f)) return;
        out.columns[place] = column;
        out.weights[place++] = weight;
      });
    }
  });
  return out;
}

}  // namespace whiteline::umap
