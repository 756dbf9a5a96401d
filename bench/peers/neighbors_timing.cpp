// whiteline_neighbors_timing ROWS.f32 OUT.i32 --channels N --k N [--metric NAME] [--products NAME]
// [--threads N] [--repeats N] [--clock NAME]: exact neighbours with this library, data in memory,
// as one line of JSON; OUT gets the row numbers of the neighbours.
#include <whiteline/whiteline.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "timing.hpp"

namespace {

using namespace whiteline;
using peers::number;

void run(const peers::RowsTask& task) {
  const Context& ctx = task.ctx;
  const peers::Options& options = task.options;
  const Matrix& x = task.rows;
  const std::string products = peers::text(options, "products", "automatic");
  const KnnParams params{.k = std::int64_t(number(options, "k", 15)),
                         .metric = metric_named(peers::text(options, "metric", "euclidean")),
                         .products = products == "bfloat16"  ? NearProducts::bfloat16
                                     : products == "float32" ? NearProducts::float32
                                                             : NearProducts::automatic};
  KnnGraph graph;
  const std::vector<double> seconds =
      peers::times(ctx, options, [&] { graph = knn_graph(ctx, params, x); });
  peers::write_numbers(task.out, graph.indices);
  fmt::print(
      "{{\"seconds\": [{}], \"products\": \"{}\", \"candidates\": {:.1f}, \"rows_redone\": {}}}\n",
      fmt::join(seconds, ", "), name(graph.report.products), graph.report.candidates,
      graph.report.rows_redone);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] { run(peers::rows_task(argc, argv)); });
}
