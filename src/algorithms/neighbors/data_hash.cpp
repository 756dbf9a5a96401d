#include "algorithms/neighbors/data_hash.hpp"

#include <bit>

#include "algorithms/kernel_matrix/kernel.hpp"
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

}  // namespace

std::uint64_t neighbors::data_hash(Metric metric, std::int64_t channels,
                                   std::span<const double> squared_norms) {
  std::uint64_t hash = chained(std::uint64_t(metric), std::uint64_t(channels));
  for (const double norm : squared_norms) hash = chained(hash, std::bit_cast<std::uint64_t>(norm));
  return hash == 0 ? 1 : hash;
}

void check_graph(const Context& ctx, const KnnGraph& graph, Metric metric, const Matrix& x) {
  const std::vector<double> norms =
      kernels::checked_squared_norms(ctx, x.view(), "use a graph", "x");
  require(graph.data_hash != 0,
          "cannot use the graph (it is one of queries, or not of knn_graph) compute it from x");
  require(graph.rows == x.rows() && graph.metric == metric &&
              graph.data_hash == neighbors::data_hash(metric, x.cols(), norms),
          "cannot use the graph (it was made from other rows, or for another metric) compute it "
          "again");
}

}  // namespace whiteline
