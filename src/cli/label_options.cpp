#include "cli/label_options.hpp"

#include <algorithm>
#include <memory>

#include "cli/cluster_options.hpp"

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
  add_umap_options(verb, options.umap);
  verb.flag("--quality", options.quality, "also judge the embedding, as whiteline embed does");
}

void add_labelling(Verb& verb, LabelOptions& options) {
  verb.heading("Clusters (HDBSCAN) and what becomes of noise (SVM)");
  verb.option("--min-cluster-size N", options.min_cluster_size,
              "fewer spectra are no cluster; 0: a twentieth of them, 20 or more")
      .not_negative();
  add_min_samples_option(verb, options.min_samples);
  verb.flag("--part-mixtures", options.part_mixtures,
            "give the spectra of a cluster that is a mixture of two others to these,\n"
            "as those of noise: where phases overlap, not where a third lies between");
  verb.option("--per-cluster N", options.per_cluster,
              "spectra of each cluster, drawn, that train the classifier of noise")
      .between(2, 1000000);
  verb.option("--kernel KERNEL", options.kernel, "of the classifier: rbf, linear or cosine")
      .one_of({"rbf", "linear", "cosine"});
  verb.option("--C C", options.C, "penalty of a wrong label in training").positive();
}

}  // namespace

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
