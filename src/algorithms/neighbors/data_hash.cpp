#include "algorithms/neighbors/data_hash.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <vector>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "core/backend.hpp"
#include "core/knn_graph.hpp"
#include "formulas/philox.hpp"

namespace whiteline {

namespace {

// What the next number of a chain makes of it.
std::uint64_t chained(std::uint64_t hash, std::uint64_t number) {
  const formulas::PhiloxWords words =
      formulas::philox({{std::uint32_t(number), std::uint32_t(number >> 32), 0, 0}},
                       std::uint32_t(hash), std::uint32_t(hash >> 32));
  return std::uint64_t(words.word[1]) << 32 | words.word[0];
}

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of every fourth number, four times.
std::array<std::uint64_t, 4> hashed(std::span<const float> row) {
  std::array<std::uint64_t, 4> lanes;
  lanes.fill(14695981039346656037u);
  for (std::size_t c = 0; c < row.size(); ++c)
    lanes[c % 4] = (lanes[c % 4] ^ std::bit_cast<std::uint32_t>(row[c])) * 1099511628211u;
  return lanes;
}

}  // namespace

std::uint64_t neighbors::data_hash(const Context& ctx, Metric metric, const Matrix& x) {
  constexpr std::int64_t rows_at_once = 256;
  const ConstMatrixView view = x.view();
  std::vector<float> block(std::size_t(std::min(rows_at_once, view.rows) * view.stride));
  std::uint64_t hash = chained(std::uint64_t(metric), std::uint64_t(view.cols));
  for (std::int64_t first = 0; first < view.rows; first += rows_at_once) {
    const std::int64_t rows = std::min(rows_at_once, view.rows - first);
    const auto numbers = std::size_t((rows - 1) * view.stride + view.cols);
    ctx.queue().download(block.data(), view.data + first * view.stride, numbers * sizeof(float));
    for (std::int64_t row = 0; row < rows; ++row)
      for (const std::uint64_t lane :
           hashed({&block[std::size_t(row * view.stride)], std::size_t(view.cols)}))
        hash = chained(hash, lane);
  }
  return hash == 0 ? 1 : hash;
}

void check_graph(const Context& ctx, const KnnGraph& graph, Metric metric, const Matrix& x) {
  kernels::checked_squared_norms(ctx, x.view(), "use a graph", "x");
  require(graph.data_hash != 0,
          "cannot use the graph (it is one of queries, or not of knn_graph) compute it from x");
  core::check_whole(graph);
  require(graph.rows == x.rows() && graph.metric == metric &&
              graph.data_hash == neighbors::data_hash(ctx, metric, x),
          "cannot use the graph (it was made from other rows, or for another metric) compute it "
          "again");
}

}  // namespace whiteline
