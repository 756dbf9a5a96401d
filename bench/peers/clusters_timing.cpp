// whiteline_clusters_timing ROWS.f32 OUT.i32 --channels N --min-cluster-size N --min-samples N
// [--graph K] [--threads N] [--repeats N] [--clock NAME]: density clustering with this library,
// data in memory, as one line of JSON; OUT gets the labels. With --graph, K neighbours of each row
// are there before the clock starts.
#include <whiteline/whiteline.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;

void run(const peers::RowsTask& task) {
  const Context& ctx = task.ctx;
  const peers::Options& options = task.options;
  const Matrix& x = task.rows;
  const HdbscanParams params{
      .min_cluster_size = std::int64_t(number(options, "min-cluster-size", 5)),
      .min_samples = std::int64_t(number(options, "min-samples", 0))};
  std::optional<KnnGraph> graph;
  if (const auto k = std::int64_t(number(options, "graph", 0)); k > 0)
    graph = knn_graph(ctx, {.k = k}, x);
  HdbscanResult result;
  const std::vector<double> seconds = peers::times(ctx, options, [&] {
    result = graph ? hdbscan(ctx, params, x, *graph) : hdbscan(ctx, params, x);
  });
  peers::write_numbers(task.out, result.labels);
  fmt::print("{{\"seconds\": [{}], \"clusters\": {}, \"edges_by_search\": {}}}\n",
             fmt::join(seconds, ", "), result.clusters, result.report.edges_by_search);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] { run(peers::rows_task(argc, argv)); });
}
