#include "cli/neighbor_options.hpp"

namespace whiteline::cli {

void add_metric_option(Verb& verb, std::string& metric) {
  verb.option("--metric METRIC", metric, "euclidean, cosine or correlation")
      .one_of({"euclidean", "cosine", "correlation"});
}

void add_graph_option(Verb& verb, std::filesystem::path& graph, const std::string& more) {
  verb.option(
      "--graph FILE", graph,
      "neighbours: taken from FILE where it is there, else left in it\n(.safetensors)" + more);
}

UmapParams UmapOptions::params(std::uint64_t seed, const Progress& progress) const {
  UmapParams params;
  params.n_neighbors = n_neighbors;
  params.n_components = n_components;
  params.metric = metric_named(metric);
  params.n_epochs = n_epochs;
  params.min_dist = min_dist;
  params.random_state = seed;
  params.progress = progress;
  return params;
}

void add_umap_options(Verb& verb, UmapOptions& options) {
  verb.option("--n-neighbors N", options.n_neighbors,
              "of each spectrum, itself counted; larger: more of the large\n"
              "structures, less of the fine ones")
      .between(2, 2147483647);
  verb.option("--min-dist DISTANCE", options.min_dist,
              "points nearer than this are as near as can be; larger: looser\nclusters")
      .not_negative();
  add_metric_option(verb, options.metric);
  verb.option("--n-components N", options.n_components, "dimensions of the embedding")
      .between(1, 8);
  verb.option("--n-epochs N", options.n_epochs,
              "of the layout; 0: 500 for at most 10,000 spectra, else 200")
      .not_negative();
}

}  // namespace whiteline::cli
