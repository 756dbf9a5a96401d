// whiteline_neighbors_timing ROWS.f32 OUT.i32 --channels N --k N [--metric NAME] [--products NAME]
// [--threads N] [--repeats N] [--clock NAME]: exact neighbours with this library, data in memory,
// as one line of JSON; OUT gets the row numbers of the neighbours.
#include <whiteline/whiteline.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <string>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;

void run(int argc, char** argv) {
  require(argc >= 3, "whiteline_neighbors_timing ROWS.f32 OUT.i32 --channels N --k N ...");
  const peers::Options options = peers::options_of(argc, argv, 3);
  const Context ctx("cpu", {.threads = int(number(options, "threads", 1))});
  const std::vector<float> rows = peers::floats_of(argv[1]);
  const auto channels = std::int64_t(number(options, "channels", 1));
  const Matrix x =
      Matrix::from_host(ctx, HostView(rows.data(), std::int64_t(rows.size()) / channels, channels));
  const std::string products = peers::text(options, "products", "automatic");
  const KnnParams params{.k = std::int64_t(number(options, "k", 15)),
                         .metric = metric_named(peers::text(options, "metric", "euclidean")),
                         .products = products == "bfloat16"  ? NearProducts::bfloat16
                                     : products == "float32" ? NearProducts::float32
                                                             : NearProducts::automatic};
  KnnGraph graph;
  const std::vector<double> seconds =
      peers::times(ctx, options, [&] { graph = knn_graph(ctx, params, x); });
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(graph.indices.data()),
            std::streamsize(graph.indices.size() * sizeof(std::int32_t)));
  fmt::print(
      "{{\"seconds\": [{}], \"products\": \"{}\", \"candidates\": {:.1f}, \"rows_redone\": {}}}\n",
      fmt::join(seconds, ", "), name(graph.report.products), graph.report.candidates,
      graph.report.rows_redone);
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
