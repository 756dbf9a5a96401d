#include "cli/info_embedding.hpp"

#include <fmt/format.h>

#include "cli/info_model.hpp"
#include "cli/input.hpp"

namespace whiteline::cli {

Json describe_embedding_file(Console& console, const std::filesystem::path& path) {
  const UmapModel model = reading([&] { return read_umap_model(path); });
  const UmapParams& params = model.params;
  const auto bytes = std::filesystem::file_size(path);
  console.result(fmt::format("{}: embedding (UMAP), {}", path.string(), format_bytes(bytes)));
  print_line(console, "points",
             fmt::format("{} in {} dimensions", model.rows, params.n_components));
  print_line(console, "spectra",
             model.spectra.empty() ? std::string("not kept: no others can be put among them")
                                   : fmt::format("{} channels, kept", model.channels));
  print_line(
      console, "fit",
      fmt::format("{} neighbours ({}), min_dist {:.6g}, spread {:.6g}, seed {}", params.n_neighbors,
                  name(params.metric), params.min_dist, params.spread, params.random_state));
  Json all = {{"path", path.string()},
              {"format", "whiteline embedding"},
              {"bytes", bytes},
              {"rows", model.rows},
              {"channels", model.channels},
              {"n_components", params.n_components},
              {"n_neighbors", params.n_neighbors},
              {"metric", name(params.metric)},
              {"min_dist", params.min_dist},
              {"spread", params.spread},
              {"random_state", params.random_state}};
  describe_making(console, model.pipeline, model.provenance, all);
  return all;
}

Json describe_graph_file(Console& console, const std::filesystem::path& path) {
  const KnnGraph graph = reading([&] { return read_knn_graph(path); });
  const auto bytes = std::filesystem::file_size(path);
  console.result(fmt::format("{}: graph of neighbours, {}", path.string(), format_bytes(bytes)));
  print_line(console, "rows", fmt::format("{} with {} neighbours each", graph.rows, graph.k));
  print_line(console, "metric", std::string(name(graph.metric)));
  return {{"path", path.string()}, {"format", "whiteline graph of neighbours"},
          {"bytes", bytes},        {"rows", graph.rows},
          {"k", graph.k},          {"metric", name(graph.metric)}};
}

}  // namespace whiteline::cli
