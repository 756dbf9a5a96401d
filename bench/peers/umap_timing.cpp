// whiteline_umap_timing ROWS.f32 OUT.f32 --channels N --neighbors N --min-dist D [--threads N]
// [--repeats N] [--clock NAME]: an embedding with this library, data in memory, neighbours
// included, as one line of JSON; OUT gets the positions.
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
  require(argc >= 3, "whiteline_umap_timing ROWS.f32 OUT.f32 --channels N --neighbors N ...");
  const peers::Options options = peers::options_of(argc, argv, 3);
  const Context ctx("cpu", {.threads = int(number(options, "threads", 1))});
  const std::vector<float> rows = peers::floats_of(argv[1]);
  const auto channels = std::int64_t(number(options, "channels", 1));
  const Matrix x =
      Matrix::from_host(ctx, HostView(rows.data(), std::int64_t(rows.size()) / channels, channels));
  const UmapParams params{.n_neighbors = std::int64_t(number(options, "neighbors", 15)),
                          .min_dist = number(options, "min-dist", 0.1)};
  UmapFit fit;
  const std::vector<double> seconds =
      peers::times(ctx, options, [&] { fit = umap_fit(ctx, params, x); });
  std::ofstream out(argv[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(fit.model.embedding.data()),
            std::streamsize(fit.model.embedding.size() * sizeof(float)));
  fmt::print(
      "{{\"seconds\": [{}], \"neighbors\": {}, \"graph\": {}, \"start\": {}, \"layout\": {}, "
      "\"components\": {}, \"residual\": {}, \"edges\": {}}}\n",
      fmt::join(seconds, ", "), fit.report.neighbor_seconds, fit.report.graph_seconds,
      fit.report.start_seconds, fit.report.layout_seconds, fit.report.components,
      fit.report.largest_residual, fit.report.edges);
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
