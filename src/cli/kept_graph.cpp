#include "cli/kept_graph.hpp"

#include <whiteline/io.hpp>

#include "cli/input.hpp"

namespace whiteline::cli {

KnnGraph kept_graph(const Context& ctx, const std::filesystem::path& file, const KnnParams& params,
                    const Matrix& x, RunRecord& record) {
  const auto timed = record.phase("neighbours");
  if (std::filesystem::exists(file)) {
    record.add_input("graph", file, params.progress);
    return reading([&] { return read_knn_graph(file); });
  }
  KnnGraph graph = knn_graph(ctx, params, x);
  write_knn_graph(file, graph);
  return graph;
}

}  // namespace whiteline::cli
