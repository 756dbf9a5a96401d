// whiteline_umap_timing ROWS.f32 OUT.f32 --channels N --neighbors N --min-dist D [--seed N]
// [--threads N] [--repeats N] [--clock NAME]: an embedding with this library, data in memory,
// neighbours included, as one line of JSON; OUT gets the positions.
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
  const UmapParams params{.n_neighbors = std::int64_t(number(options, "neighbors", 15)),
                          .min_dist = number(options, "min-dist", 0.1),
                          .random_state = std::uint64_t(number(options, "seed", 42))};
  UmapFit fit;
  const std::vector<double> seconds =
      peers::times(ctx, options, [&] { fit = umap_fit(ctx, params, x); });
  peers::write_numbers(task.out, fit.model.embedding);
  fmt::print(
      "{{\"seconds\": [{}], \"neighbors\": {}, \"graph\": {}, \"start\": {}, \"layout\": {}, "
      "\"components\": {}, \"residual\": {}, \"edges\": {}}}\n",
      fmt::join(seconds, ", "), fit.report.neighbor_seconds, fit.report.graph_seconds,
      fit.report.start_seconds, fit.report.layout_seconds, fit.report.components,
      fit.report.largest_residual, fit.report.edges);
}

}  // namespace

int main(int argc, char** argv) {
  return peers::ended([&] { run(peers::rows_task(argc, argv)); });
}
