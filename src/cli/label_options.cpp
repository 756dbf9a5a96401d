#include "cli/label_options.hpp"

#include <algorithm>
#include <memory>

namespace whiteline::cli {

namespace {

void add_embedding(Verb& verb, LabelOptions& options) {
  verb.heading("Embedding (UMAP)");
  verb.option("--sample N", options.sample,
              "spectra that are embedded and clustered, drawn where there are\n"
              "more; the others are put among them")
      .between(2, 2147483647);
  verb.option("--pca K", options.components,
              "first keep K principal components of the prepared spectra: less\nnoise. 0: all")
      .between(0, 4096);
  verb.option("--n-neighbors N", options.n_neighbors,
              "of each spectrum, itself counted; larger: larger structures")
      .between(2, 2147483647);
  verb.option("--min-dist DISTANCE", options.min_dist,
              "points nearer than this are as near as can be")
      .between(0.0, 1.0);
  verb.option("--metric METRIC", options.metric, "euclidean, cosine or correlation")
      .one_of({"euclidean", "cosine", "correlation"});
  verb.option("--n-components N", options.n_components, "dimensions of the embedding")
      .between(1, 8);
  verb.option("--n-epochs N", options.n_epochs,
              "of the layout; 0: 500 for at most 10,000 spectra, else 200")
      .not_negative();
  verb.flag("--quality", options.quality, "also judge the embedding, as whiteline embed does");
}

void add_labelling(Verb& verb, LabelOptions& options) {
  verb.heading("Clusters (HDBSCAN) and what becomes of noise (SVM)");
  verb.option("--min-cluster-size N", options.min_cluster_size,
              "fewer spectra are no cluster; 0: a twentieth of them, 20 or more")
      .not_negative();
  verb.option("--min-samples N", options.min_samples,
              "neighbours, the spectrum itself included, that make it dense;\n"
              "larger: more noise; 0: as --min-cluster-size")
      .not_negative();
  verb.option("--per-cluster N", options.per_cluster,
              "spectra of each cluster, drawn, that train the classifier of noise")
      .between(2, 1000000);
  verb.option("--kernel KERNEL", options.kernel, "of the classifier: rbf, linear or cosine")
      .one_of({"rbf", "linear", "cosine"});
  verb.option("--C C", options.C, "penalty of a wrong label in training").positive();
}

}  // namespace

UmapParams LabelOptions::umap(const Progress& progress) const {
  UmapParams params;
  params.n_neighbors = n_neighbors;
  params.n_components = n_components;
  params.metric = metric_named(metric);
  params.n_epochs = n_epochs;
  params.min_dist = min_dist;
  params.random_state = common.seed;
  params.progress = progress;
  return params;
}

HdbscanParams LabelOptions::hdbscan(std::int64_t spectra, const Progress& progress) const {
  HdbscanParams params;
  params.min_cluster_size =
      min_cluster_size > 0 ? min_cluster_size : std::max<std::int64_t>(20, spectra / 20);
  params.min_samples = std::min(min_samples, spectra);
  params.progress = progress;
  return params;
}

SvmParams LabelOptions::svm(const Progress& progress) const {
  SvmParams params;
  params.kernel = kernel == "rbf" ? rbf() : kernel == "linear" ? linear() : cosine();
  params.C = C;
  params.progress = progress;
  return params;
}

void add_label(CommandLine& command) {
  Verb verb = command.verb("label", "Label an image without examples: UMAP, HDBSCAN, SVM");
  auto options = std::make_shared<LabelOptions>();
  verb.option("input FILE", options->input, "a spectrum image, or a set or table of spectra")
      .required();
  verb.option("-o,--output DIR", options->output, "folder for the results").required();
  add_embedding(verb, *options);
  add_labelling(verb, *options);
  add_spectra_choice(verb, options->choice);
  add_common_options(verb, options->common);
  verb.footer(
      "Writes into DIR: labels.csv, clusters.csv, mean_spectra.csv, mean_spectra.svg,\n"
      "scatter.svg, labelled.npz (for whiteline train), model.safetensors (for whiteline\n"
      "classify), run.json; of an image labels.png, clusters.png, probability.png.\n"
      "  whiteline label cube.dm4 --background powerlaw:485:515 --normalise l2 --pca 8 -o labels");
  verb.run([options](const Json& given) { run_label(*options, given); });
}

}  // namespace whiteline::cli
