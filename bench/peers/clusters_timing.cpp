// whiteline_clusters_timing ROWS.f32 OUT.i32 --channels N --min-cluster-size N --min-samples N
// [--graph K] [--threads N] [--repeats N] [--clock NAME]: density clustering with this library,
// data in memory, as one line of JSON; OUT gets the labels. With --graph, K neighbours of each row
// are there before the clock starts.
#include <whiteline/whiteline.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <optional>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;

void run(int argc, char** argv) {
  require(argc >= 3, "whiteline_clusters_timing ROWS.f32 OUT.i32 --channels N ...");
  const peers::Options options = peers::options_of(argc, argv, 3);
  const Context ctx("cpu", {.threads = int(number(options, "threads", 1))});
  const std::vector<float> rows = peers::floats_of(argv[1]);
  const auto channels = std::int64_t(number(options, "channels", 1));
  const Matrix x =
      Matrix::from_host(ctx, HostView(rows.data(), std::int64_t(rows.size()) / channels, channels));
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
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(result.labels.data()),
            std::streamsize(result.labels.size() * sizeof(std::int32_t)));
  fmt::print("{{\"seconds\": [{}], \"clusters\": {}, \"edges_by_search\": {}}}\n",
             fmt::join(seconds, ", "), result.clusters, result.report.edges_by_search);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
