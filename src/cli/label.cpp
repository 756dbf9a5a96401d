// whiteline label: an image labelled without examples.
#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/metrics.hpp>
#include <whiteline/pca.hpp>
#include <whiteline/version.hpp>

#include <algorithm>

#include "cli/cluster_results.hpp"
#include "cli/label_image.hpp"
#include "cli/label_pass.hpp"
#include "cli/results.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

class LabelRun {
 public:
  LabelRun(const LabelOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("label", given, options.common),
        ctx_(open_device(options.common, console_, record_)) {}

  void run() {
    open();
    choose();
    fit();
    label();
    describe();
    write();
  }

 private:
  void open() {
    const auto timed = record_.phase("read");
    image_.emplace(options_.input, options_.choice.axis, ctx_.memory_limit() / 8,
                   console_.progress());
    record_.add_input("data", options_.input, console_.progress());
  }

  void choose() {
    {
      const auto timed = record_.phase("vacuum");
      rows_ = image_->rows_with_signal(options_.choice.vacuum);
    }
    require(!rows_.empty(), "cannot label spectra (all pixels are vacuum) try --mask-vacuum none");
    fitted_ = drawn_rows(rows_, options_.sample, options_.common.seed);
    pipeline_ = chosen_pipeline(options_.choice, image_->energy(), image_->channels());
    plan_memory();
  }

  // Before anything large is taken.
  void plan_memory() {
    const double rows = double(fitted_.size()), channels = double(pipeline_.output_channels()),
                 k = double(std::min<std::int64_t>(options_.umap.n_neighbors, std::ssize(fitted_)));
    const double spectra = 4.0 * rows * channels;
    const double copies = fitted_.size() < rows_.size() ? 4.0 : 3.0;  // for others among them
    const double neighbors =
        copies * spectra + rows * (8.0 * (1.25 * k + 72.0) * ctx_.threads() + 20.0 * k);
    const double layout = 2.0 * spectra + 48.0 * rows * k;
    double bytes = std::max(neighbors, layout) + 17.0 * double(image_->pixels()) +
                   std::min(double(image_->tile_bytes()),
                            2.0 * double(image_->pixels() * image_->reader().bytes_per_spectrum()));
    if (image_->reader().in_memory())
      bytes += 4.0 * double(image_->pixels()) * double(image_->channels());
    record_["planned_bytes"] = std::uint64_t(bytes);
    if (bytes > double(ctx_.memory_limit()))
      throw OutOfMemory(fmt::format(
          "cannot label {} spectra of {} channels (needs {}, {} may be used) raise --memory, lower "
          "--sample or give a --window",
          fitted_.size(), channels, format_bytes(std::uint64_t(bytes)),
          format_bytes(ctx_.memory_limit())));
    console_.note(fmt::format("{} of {} spectra have a signal, {} are embedded: up to {}",
                              rows_.size(), image_->pixels(), fitted_.size(),
                              format_bytes(std::uint64_t(bytes))));
  }

  void fit() {
    std::vector<float> spectra;
    {
      const auto timed = record_.phase("prepare");
      spectra = image_->prepared(ctx_, pipeline_, fitted_);
    }
    if (options_.components > 0) keep_components(spectra);
    record_["steps"] = descriptions(pipeline_);
    labeller_.emplace(ctx_, options_, std::move(spectra), pipeline_.output_channels(), console_,
                      record_);
  }

  // One more step of the pipeline.
  void keep_components(std::vector<float>& spectra) {
    const auto timed = record_.phase("pca");
    const std::int64_t channels = pipeline_.output_channels();
    const HostView view(spectra.data(), std::ssize(fitted_), channels);
    PcaParams params;
    params.components = std::min({options_.components, std::int64_t(fitted_.size()), channels});
    params.method = PcaParams::Method::randomised;
    params.seed = options_.common.seed;
    params.progress = console_.progress();
    const Pca leading = pca(ctx_, view, params);
    const PcaFilter filter = pca_filter(leading, params.components);
    double explained = 0.0;
    for (std::int64_t c = 0; c < params.components; ++c) explained += leading.explained(c);
    record_["pca_explained"] = explained;
    Matrix kept =
        Pipeline({filter}, std::nullopt, channels).apply(ctx_, view, std::nullopt).spectra;
    kept.copy_to(spectra);
    std::vector<PreparationStep> steps = pipeline_.steps();
    steps.emplace_back(filter);
    pipeline_ = Pipeline(std::move(steps), image_->energy(), image_->channels());
  }

  void label() {
    const auto timed = record_.phase("label");
    pass_.emplace(ctx_, *image_, pipeline_, *labeller_, rows_, fitted_);
    pass_->run();
  }

  const LabelledSpectra& found() const { return pass_->found(); }

  void describe() {
    const std::int64_t by_classifier = found().count(LabelledBy::classifier),
                       noise = found().count(LabelledBy::nothing);
    record_["spectra"] = rows_.size();
    record_["vacuum"] = image_->pixels() - std::ssize(rows_);
    record_["embedded"] = fitted_.size();
    record_["clusters"] = labeller_->clusters();
    record_["by_neighbours"] = found().count(LabelledBy::neighbours);
    record_["by_classifier"] = by_classifier;
    record_["noise"] = noise;
    record_["relative_validity"] = number_or_null(labeller_->found().relative_validity);
    std::string text =
        fmt::format("{} spectra on {}: {} clusters, {} as noise given to one by the classifier",
                    rows_.size(), ctx_.device().name, labeller_->clusters(), by_classifier);
    if (noise > 0) text += fmt::format(", {} left as noise", noise);
    const std::vector<std::int32_t>& truth = image_->description().labels;
    if (!truth.empty()) {
      const double all = rand_index(truth, found().labels),
                   before = rand_index(truth, found().clustered());
      record_["adjusted_rand_index"] = number_or_null(all);
      record_["adjusted_rand_index_of_clusters"] = number_or_null(before);
      text += fmt::format("; adjusted Rand index {:.4f} ({:.4f} before)", all, before);
    }
    console_.result(text);
    if (!labeller_->can_classify())
      console_.warn(fmt::format(
          "found {} clusters (two are needed to classify noise) lower --min-cluster-size, or "
          "--min-samples",
          labeller_->clusters()));
  }

  // Over spectra with a signal whose truth is known.
  double rand_index(const std::vector<std::int32_t>& truth,
                    const std::vector<std::int32_t>& labels) const {
    std::vector<std::int32_t> known, given;
    for (const std::int64_t row : rows_) {
      if (truth[std::size_t(row)] == no_label) continue;
      known.push_back(truth[std::size_t(row)]);
      given.push_back(labels[std::size_t(row)]);
    }
    return adjusted_rand_index(known, given);
  }

  void write() {
    StagedFolder folder(options_.output);
    const auto text = [&](const std::string& name, const std::string& content) {
      write_text_file(folder.file(name), content, Overwrite::refuse);
    };
    {
      const auto timed = record_.phase("write");
      const SpectrumImage& shown = image_->description();
      text("labels.csv", label_table(shown, image_->reader().is_table(), found()));
      text("clusters.csv", clusters_csv(labeller_->found()));
      text("mean_spectra.csv", pass_->means().csv());
      text("mean_spectra.svg", pass_->means().chart());
      if (options_.umap.n_components >= 2) write_scatters(folder);
      if (!image_->reader().is_table())
        write_label_maps(folder, shown, found(), labeller_->clusters());
      if (pass_->examples().rows > 0)
        write_dataset(folder.file("labelled.npz"), pass_->examples(), Overwrite::refuse);
      if (labeller_->can_classify()) write_classifier(folder);
    }
    const Json all = finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
    console_.json(all);
  }

  void write_classifier(StagedFolder& folder) {
    SvmModel model = labeller_->classifier();
    model.pipeline = pipeline_;
    model.provenance = to_line({{"made_by", fmt::format("whiteline {} label", version())},
                                {"device", ctx_.device().name},
                                {"seed", options_.common.seed},
                                {"trained_on", labeller_->examples().size()}});
    write_model(folder.file("model.safetensors"), model);
  }

  void write_scatters(StagedFolder& folder) const {
    const std::vector<std::int32_t>& truth = image_->description().labels;
    write_text_file(folder.file("scatter.svg"), scatter("Clusters", labeller_->found().labels,
                                                        cluster_names(labeller_->clusters())));
    if (truth.empty()) return;
    std::vector<std::int32_t> known;
    for (const std::int64_t row : fitted_) known.push_back(truth[std::size_t(row)]);
    write_text_file(folder.file("scatter_truth.svg"),
                    scatter("Truth", known, image_->description().class_names));
  }

  std::string scatter(const std::string& title, std::vector<std::int32_t> labels,
                      std::vector<std::string> names) const {
    const UmapModel& embedding = labeller_->embedding();
    ScatterChart chart;
    chart.title = title;
    chart.x.label = "dimension 1";
    chart.y.label = "dimension 2";
    for (std::int64_t row = 0; row < embedding.rows; ++row)
      for (const std::int64_t d : {0, 1})
        chart.points.push_back(
            embedding.embedding[std::size_t(row * embedding.params.n_components + d)]);
    chart.labels = std::move(labels);
    chart.class_names = std::move(names);
    return svg(chart);
  }

  const LabelOptions& options_;
  Console console_;
  RunRecord record_;
  Context ctx_;
  std::optional<LabelImage> image_;
  std::vector<std::int64_t> rows_;    // with a signal
  std::vector<std::int64_t> fitted_;  // of these, those that are embedded
  Pipeline pipeline_;
  std::optional<Labeller> labeller_;
  std::optional<LabelPass> pass_;
};

}  // namespace

void run_label(const LabelOptions& options, const Json& given) {
  check_output_folder(options.output, {"run.json", "labels.csv", "labelled.npz"},
                      options.common.force);
  LabelRun(options, given).run();
}

}  // namespace whiteline::cli
