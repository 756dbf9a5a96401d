#include "cli/embed_options.hpp"

#include <memory>

namespace whiteline::cli {

namespace {

void add_embedding(Verb& verb, EmbedOptions& options) {
  verb.heading("Embedding (UMAP, as umap-learn names it)");
  add_umap_options(verb, options.umap);
  verb.option("--init START", options.init, "spectral, pca or random")
      .one_of({"spectral", "pca", "random"});
  verb.option("--spread DISTANCE", options.spread, "scale of the embedding").positive();
  verb.option("--learning-rate RATE", options.learning_rate, "length of the first steps")
      .positive();
  verb.option("--negative-sample-rate N", options.negative_sample_rate,
              "points pushed away for each that is drawn near")
      .not_negative();
  verb.option("--repulsion-strength FACTOR", options.repulsion_strength, "of those pushes")
      .not_negative();
  verb.option("--set-op-mix-ratio SHARE", options.set_op_mix_ratio,
              "1: neighbours where one of two sees the other; 0: where both do")
      .between(0.0, 1.0);
  verb.option("--local-connectivity N", options.local_connectivity,
              "neighbours that are surely connected")
      .not_negative();
  verb.option("--target KIND", options.target,
              "labels: keep spectra with different labels apart; none: look at\nthe spectra alone")
      .one_of({"labels", "none"});
  verb.option("--target-weight SHARE", options.target_weight, "how much the labels decide")
      .between(0.0, 1.0);
  verb.flag("--quality", options.quality,
            "also tell trustworthiness, continuity, how well labels can be\n"
            "read off 15 neighbours (2000 spectra stand for more), and the\nsilhouette of labels");
  add_graph_option(verb, options.graph, "; larger --n-neighbors first");
}

}  // namespace

UmapParams EmbedOptions::params(const Progress& progress) const {
  UmapParams params = umap.params(common.seed, progress);
  params.learning_rate = learning_rate;
  params.init = umap_init_named(init);
  params.spread = spread;
  params.set_op_mix_ratio = set_op_mix_ratio;
  params.local_connectivity = local_connectivity;
  params.repulsion_strength = repulsion_strength;
  params.negative_sample_rate = negative_sample_rate;
  params.target_weight = target_weight;
  return params;
}

void add_embed(CommandLine& command) {
  Verb verb = command.verb("embed", "Show which spectra are alike as points of a plane (UMAP)");
  auto options = std::make_shared<EmbedOptions>();
  verb.option("inputs FILE...", options->inputs, "sets or tables of spectra, or spectrum images")
      .required();
  verb.option("-o,--output DIR", options->output, "folder for the results").required();
  verb.option("--model FILE", options->model,
              "put the spectra among those of this embedding, which --save-model\n"
              "kept; prepared as those were. Of the options below only\n--n-epochs and --quality "
              "then mean something");
  verb.option("--save-model FILE", options->save_model,
              "also keep what --model needs (.safetensors): the embedding and its\nspectra");
  add_embedding(verb, *options);
  add_spectra_choice(verb, options->choice);
  add_common_options(verb, options->common);
  verb.footer(
      "Writes into DIR: embedding.csv, embedding.npz, scatter.svg (two dimensions or\n"
      "more), run.json. Spectra left out are rows of NaN.\n"
      "  whiteline embed wl.npz --normalise max --n-neighbors 300 --min-dist 1 -o wl");
  verb.run([options](const Json& given) { run_embed(*options, given); });
}

}  // namespace whiteline::cli
