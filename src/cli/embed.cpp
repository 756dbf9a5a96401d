// whiteline embed: spectra as points of a plane.
#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/embedding_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "cli/embed_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/results.hpp"

namespace whiteline::cli {

namespace {

constexpr float nowhere = std::numeric_limits<float>::quiet_NaN();

class EmbedRun {
 public:
  EmbedRun(const EmbedOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("embed", given, options.common),
        ctx_(open_device(options.common, console_, record_)) {}

  void run() {
    for (const auto& path : options_.inputs) add(path);
    if (!any_labelled_) set_.labels.assign(set_.labels.size(), no_label);
    fit();
    describe();
    write();
  }

 private:
  // The spectra of one file, prepared, after those before.
  void add(const std::filesystem::path& path) {
    Input input;
    {
      const auto timed = record_.phase("read");
      input = read_with_axis(path, options_.choice.axis);
    }
    record_.add_input("data", path, console_.progress());
    const std::vector<std::int64_t> rows = rows_with_signal(input, options_.choice.vacuum);
    prepare(input, rows);
    for (const std::int64_t row : rows) embedded_.push_back(set_.rows + row);
    set_.rows += input.image.pixels();
    add_labels(input.image);
    throw_if_interrupted();
  }

  void prepare(const Input& input, const std::vector<std::int64_t>& rows) {
    const auto timed = record_.phase("prepare");
    ChosenSpectra chosen = prepare_rows(ctx_, input, rows, options_.choice);
    const Matrix& prepared = chosen.spectra;
    steps_ = std::move(chosen.steps);
    if (channels_ == 0) channels_ = prepared.cols();
    if (channels_ != prepared.cols())
      throw InvalidArgument(
          fmt::format("cannot embed {} with the files before it (it has {} channels, they have {}) "
                      "cut all to one window, or resample them with whiteline prepare",
                      input.path.string(), prepared.cols(), channels_));
    const std::size_t before = spectra_.size();
    spectra_.resize(before + std::size_t(prepared.rows() * prepared.cols()));
    prepared.copy_to(std::span(spectra_).subspan(before));
  }

  // Classes of the same name are the same class.
  void add_labels(const SpectrumImage& image) {
    std::vector<std::int32_t> number_of;
    for (const std::string& name : image.class_names) {
      const auto known = std::find(set_.class_names.begin(), set_.class_names.end(), name);
      number_of.push_back(std::int32_t(known - set_.class_names.begin()));
      if (known == set_.class_names.end()) set_.class_names.push_back(name);
    }
    for (const std::int32_t label : image.labels) {
      set_.labels.push_back(label == no_label ? no_label : number_of[std::size_t(label)]);
      any_labelled_ = any_labelled_ || label != no_label;
    }
    set_.labels.resize(std::size_t(set_.rows), no_label);
  }

  void fit() {
    require(!embedded_.empty(),
            "cannot embed spectra (all pixels are vacuum) try --mask-vacuum none");
    const Matrix x =
        Matrix::from_host(ctx_, HostView(spectra_.data(), std::ssize(embedded_), channels_));
    const UmapParams params = options_.params(console_.progress());
    UmapTarget target;
    if (options_.target == "labels") {
      require(any_labelled_, "cannot heed labels (no spectrum has one) leave --target out");
      for (const std::int64_t row : embedded_)
        target.categories.push_back(set_.labels[std::size_t(row)]);
    }
    {
      const auto timed = record_.phase("embed");
      fit_ = umap_fit(ctx_, params, x, target);
    }
    if (options_.quality) judge_if_possible(x);
    set_.channels = options_.n_components;
    set_.counts.assign(std::size_t(set_.rows * set_.channels), nowhere);
    for (std::size_t i = 0; i < embedded_.size(); ++i)
      std::copy_n(fit_.model.embedding.begin() + std::int64_t(i) * set_.channels, set_.channels,
                  set_.counts.begin() + embedded_[i] * set_.channels);
  }

  // An embedding that cannot be judged, of too few spectra, is none the worse.
  void judge_if_possible(const Matrix& x) {
    try {
      judge(x);
    } catch (const InvalidArgument& reason) {
      console_.warn(fmt::format("--quality: {}", reason.what()));
    }
  }

  // How much of the spectra's nearness the embedding kept.
  void judge(const Matrix& x) {
    constexpr std::int64_t most_looked_at = 2000;
    require(fit_.report.isolated_rows == 0,
            "cannot judge the embedding (some spectra have no neighbours) leave --quality out");
    const auto timed = record_.phase("quality");
    const Matrix positions = Matrix::from_host(
        ctx_, HostView(fit_.model.embedding.data(), x.rows(), options_.n_components));
    NeighborhoodParams params;
    params.metric = metric_named(options_.metric);
    params.sample = x.rows() > most_looked_at ? most_looked_at : 0;
    params.seed = options_.common.seed;
    params.progress = console_.progress();
    const NeighborhoodScores scores = neighborhood_scores(ctx_, params, x, positions);
    record_["quality"] = {{"trustworthiness", scores.trustworthiness},
                          {"trustworthiness_error", scores.trustworthiness_error},
                          {"continuity", scores.continuity},
                          {"continuity_error", scores.continuity_error},
                          {"spectra", scores.rows}};
    std::string text = fmt::format("trustworthiness {:.4f}, continuity {:.4f}",
                                   scores.trustworthiness, scores.continuity);
    if (any_labelled_) {
      std::vector<std::int32_t> labels;
      for (const std::int64_t row : embedded_) labels.push_back(set_.labels[std::size_t(row)]);
      const double accuracy =
          neighbor_accuracy(ctx_, {.seed = options_.common.seed}, positions, labels);
      record_["quality"]["accuracy"] = accuracy;
      text += fmt::format(", labels by neighbours {:.4f}", accuracy);
    }
    quality_ = text;
  }

  void describe() {
    const UmapReport& report = fit_.report;
    record_["steps"] = steps_;
    record_["spectra"] = embedded_.size();
    record_["vacuum"] = set_.rows - std::ssize(embedded_);
    record_["channels"] = channels_;
    record_["n_neighbors"] = report.n_neighbors;
    record_["n_epochs"] = report.epochs;
    record_["a"] = fit_.model.curve.a;
    record_["b"] = fit_.model.curve.b;
    record_["edges"] = report.edges;
    record_["components"] = report.components;
    record_["isolated"] = report.isolated_rows;
    record_["start_residual"] = report.largest_residual;
    record_["stages"] = {{"neighbours", report.neighbor_seconds},
                         {"graph", report.graph_seconds},
                         {"start", report.start_seconds},
                         {"layout", report.layout_seconds}};
    console_.result(fmt::format("{} spectra x {} channels on {}: {} dimensions, {} connected {}",
                                embedded_.size(), channels_, ctx_.device().name,
                                options_.n_components, report.components,
                                report.components == 1 ? "part" : "parts"));
    if (!quality_.empty()) console_.result(quality_);
    if (report.n_neighbors < options_.n_neighbors)
      console_.warn(
          fmt::format("took {} neighbours (there are no more than {} spectra) lower "
                      "--n-neighbors",
                      report.n_neighbors, embedded_.size()));
    if (report.isolated_rows > 0)
      console_.warn(fmt::format("{} spectra have no neighbours (nobody is near them) they are NaN",
                                report.isolated_rows));
  }

  void write() {
    StagedFolder folder(options_.output);
    {
      const auto timed = record_.phase("write");
      write_dataset(folder.file("embedding.csv"), set_, Overwrite::refuse);
      write_dataset(folder.file("embedding.npz"), set_, Overwrite::refuse);
      if (options_.n_components >= 2)
        write_text_file(folder.file("scatter.svg"), scatter(), Overwrite::refuse);
    }
    const Json all = finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
    console_.json(all);
  }

  std::string scatter() const {
    ScatterChart chart;
    chart.title =
        fmt::format("UMAP, {} neighbours, min_dist {}", fit_.report.n_neighbors, options_.min_dist);
    chart.x.label = "dimension 1";
    chart.y.label = "dimension 2";
    for (const std::int64_t row : embedded_) {
      for (const std::int64_t d : {0, 1})
        chart.points.push_back(set_.counts[std::size_t(row * set_.channels + d)]);
      if (any_labelled_) chart.labels.push_back(set_.labels[std::size_t(row)]);
    }
    chart.class_names = set_.class_names;
    return svg(chart);
  }

  const EmbedOptions& options_;
  Console console_;
  RunRecord record_;
  Context ctx_;
  std::vector<float> spectra_;  // prepared, those embedded
  std::int64_t channels_ = 0;
  std::vector<std::int64_t> embedded_;  // which of all rows
  std::vector<std::string> steps_;
  bool any_labelled_ = false;
  UmapFit fit_;
  std::string quality_;  // in words
  Dataset set_;          // all rows: their labels, and in the end the embedding
};

}  // namespace

void run_embed(const EmbedOptions& options, const Json& given) {
  std::vector<std::string> names = {"run.json", "embedding.csv", "embedding.npz"};
  if (options.n_components >= 2) names.emplace_back("scatter.svg");
  check_output_folder(options.output, names, options.common.force);
  EmbedRun(options, given).run();
}

}  // namespace whiteline::cli
