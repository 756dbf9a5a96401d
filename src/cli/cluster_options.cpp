#include "cli/cluster_options.hpp"

#include <memory>

#include "cli/neighbor_options.hpp"

namespace whiteline::cli {

namespace {

void add_clustering(Verb& verb, ClusterOptions& options) {
  verb.heading("Clustering (HDBSCAN, as scikit-learn names it)");
  verb.option("--min-cluster-size N", options.min_cluster_size,
              "fewer spectra are no cluster; larger: fewer clusters")
      .between(2, 2147483647);
  add_min_samples_option(verb, options.min_samples);
  verb.option("--method METHOD", options.method,
              "eom: the most persistent clusters; leaf: the smallest ones")
      .one_of({"eom", "leaf"});
  verb.option("--epsilon DISTANCE", options.epsilon,
              "clusters that part at less than this stay together")
      .not_negative();
  verb.option("--max-cluster-size N", options.max_cluster_size,
              "take larger clusters apart; 0: no limit")
      .not_negative();
  verb.flag("--single-cluster", options.single_cluster, "all spectra may be one cluster");
  verb.option("--alpha FACTOR", options.alpha, "divides distances, not core distances").positive();
  add_metric_option(verb, options.metric);
  add_graph_option(verb, options.graph);
}

}  // namespace

void add_min_samples_option(Verb& verb, std::int64_t& min_samples) {
  verb.option("--min-samples N", min_samples,
              "neighbours, the spectrum itself included, that make it dense;\n"
              "larger: more noise; 0: as --min-cluster-size")
      .not_negative();
}

HdbscanParams ClusterOptions::params(const Progress& progress) const {
  HdbscanParams params;
  params.min_cluster_size = min_cluster_size;
  params.min_samples = min_samples;
  if (method == "leaf") params.selection = HdbscanParams::Selection::leaf;
  params.cluster_selection_epsilon = epsilon;
  params.max_cluster_size = max_cluster_size;
  if (single_cluster) params.single_cluster = HdbscanParams::SingleCluster::allow;
  params.alpha = alpha;
  params.metric = metric_named(metric);
  params.progress = progress;
  return params;
}

void add_cluster(CommandLine& command) {
  Verb verb = command.verb("cluster", "Find clusters of spectra, or of their embedding, and noise");
  auto options = std::make_shared<ClusterOptions>();
  verb.option("input FILE", options->input,
              "a set or table of spectra, a spectrum image, or an embedding of one")
      .required();
  verb.option("-o,--output DIR", options->output, "folder for the results").required();
  verb.option("--spectra FILE", options->spectra,
              "the spectra that the rows of an embedding stand for, in the same\n"
              "order: maps and mean spectra are of these");
  verb.option("--labelled FILE", options->labelled,
              "write the spectra with their clusters as labels (.npz)");
  add_clustering(verb, *options);
  add_spectra_choice(verb, options->choice);
  add_common_options(verb, options->common);
  verb.footer(
      "Writes into DIR: labels.csv, clusters.csv, mean_spectra.csv, mean_spectra.svg,\n"
      "run.json; of an image clusters.png; of two columns scatter.svg.\n"
      "  whiteline cluster wl.npz --normalise max --min-cluster-size 100 -o clusters\n"
      "  whiteline cluster embedding.csv --spectra cube.hspy --min-cluster-size 50 -o clusters");
  verb.run([options](const Json& given) { run_cluster(*options, given); });
}

}  // namespace whiteline::cli
