// whiteline embed: spectra as points of a plane.
#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/version.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "cli/embed_input.hpp"
#include "cli/embed_quality.hpp"
#include "cli/interrupt.hpp"
#include "cli/kept_graph.hpp"
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
    if (!options_.model.empty()) read_model();
    input_ = read_embed_input(ctx_, options_, transforms() ? &model_.pipeline : nullptr, console_,
                              record_);
    record_["steps"] = descriptions(input_.pipeline);
    record_["spectra"] = input_.chosen.size();
    record_["vacuum"] = input_.set.rows - std::ssize(input_.chosen);
    record_["channels"] = input_.channels;
    const Matrix x = input_.matrix(ctx_);
    if (transforms())
      transform(x);
    else
      fit(x);
    if (options_.quality) judge(x);
    place();
    write();
  }

 private:
  bool transforms() const { return !options_.model.empty(); }

  void read_model() {
    require(!options_.choice.preparation.window && !options_.choice.preparation.background &&
                options_.choice.normalise.kind == Normalise::Kind::none,
            "cannot prepare spectra otherwise than those of the model (it holds its own steps) "
            "leave out --window, --background and --normalise");
    require(options_.graph.empty() && options_.target == "none",
            "cannot use neighbours or labels with a model (it was fitted already) leave out "
            "--graph and --target");
    const auto timed = record_.phase("read");
    model_ = reading([&] { return read_umap_model(options_.model); });
    record_.add_input("model", options_.model, console_.progress());
  }

  void transform(const Matrix& x) {
    const auto timed = record_.phase("embed");
    const UmapTransformParams params{.n_epochs = options_.umap.n_epochs,
                                     .progress = console_.progress()};
    positions_ = umap_transform(ctx_, model_, x, params);
    console_.result(fmt::format("{} spectra x {} channels on {}: placed among {} in {} dimensions",
                                x.rows(), x.cols(), ctx_.device().name, model_.rows,
                                model_.params.n_components));
  }

  void fit(const Matrix& x) {
    const UmapParams params = options_.params(console_.progress());
    UmapTarget target;
    if (options_.target == "labels") {
      require(input_.labelled, "cannot heed labels (no spectrum has one) leave --target out");
      target.categories = input_.chosen_labels();
    }
    UmapFit fit = [&] {
      if (options_.graph.empty() || x.rows() == 1) {
        const auto timed = record_.phase("embed");
        return umap_fit(ctx_, params, x, target);
      }
      const KnnParams near{.k = std::min(params.n_neighbors, x.rows()) - 1,
                           .metric = params.metric,
                           .progress = params.progress};
      const KnnGraph graph = kept_graph(ctx_, options_.graph, near, x, record_);
      const auto timed = record_.phase("embed");
      return umap_fit(ctx_, params, graph, x, target);
    }();
    model_ = std::move(fit.model);
    positions_ = model_.embedding;
    describe(fit.report);
  }

  void describe(const UmapReport& report) {
    record_["n_neighbors"] = report.n_neighbors;
    record_["n_epochs"] = report.epochs;
    record_["a"] = model_.curve.a;
    record_["b"] = model_.curve.b;
    record_["edges"] = report.edges;
    record_["components"] = report.components;
    record_["isolated"] = report.isolated_rows;
    record_["start_residual"] = report.largest_residual;
    record_["stages"] = {{"neighbours", report.neighbor_seconds},
                         {"graph", report.graph_seconds},
                         {"start", report.start_seconds},
                         {"layout", report.layout_seconds}};
    console_.result(fmt::format("{} spectra x {} channels on {}: {} dimensions, {} connected {}",
                                input_.chosen.size(), input_.channels, ctx_.device().name,
                                options_.umap.n_components, report.components,
                                report.components == 1 ? "part" : "parts"));
    if (report.n_neighbors < options_.umap.n_neighbors)
      console_.warn(
          fmt::format("took {} neighbours (there are no more than {} spectra) lower "
                      "--n-neighbors",
                      report.n_neighbors, input_.chosen.size()));
    if (report.isolated_rows > 0)
      console_.warn(fmt::format("{} spectra have no neighbours (nobody is near them) they are NaN",
                                report.isolated_rows));
  }

  void judge(const Matrix& x) {
    const auto timed = record_.phase("quality");
    Json& quality = record_["quality"] = Json::object();
    try {
      require(std::none_of(positions_.begin(), positions_.end(),
                           [](float value) { return std::isnan(value); }),
              "cannot judge the embedding (some spectra have no neighbours) leave --quality out");
      const Matrix positions =
          Matrix::from_host(ctx_, HostView(positions_.data(), x.rows(), dimensions()));
      judge_embedding(
          ctx_, {model_.params.metric, options_.common.seed, console_.progress()}, x, positions,
          input_.labelled ? input_.chosen_labels() : std::vector<std::int32_t>(), quality);
    } catch (const InvalidArgument& reason) {  // one that cannot be judged is none the worse
      console_.warn(fmt::format("--quality: {}", reason.what()));
    }
    if (!quality.empty()) console_.result(quality_text(quality));
  }

  std::int64_t dimensions() const { return model_.params.n_components; }

  // Positions as rows of a set: those left out are NaN.
  void place() {
    Dataset& set = input_.set;
    set.channels = dimensions();
    set.counts.assign(std::size_t(set.rows * set.channels), nowhere);
    for (std::size_t i = 0; i < input_.chosen.size(); ++i)
      std::copy_n(positions_.begin() + std::int64_t(i) * set.channels, set.channels,
                  set.counts.begin() + input_.chosen[i] * set.channels);
  }

  void write() {
    StagedFolder folder(options_.output);
    {
      const auto timed = record_.phase("write");
      write_dataset(folder.file("embedding.csv"), input_.set, Overwrite::refuse);
      write_dataset(folder.file("embedding.npz"), input_.set, Overwrite::refuse);
      if (dimensions() >= 2)
        write_text_file(folder.file("scatter.svg"), scatter(), Overwrite::refuse);
    }
    if (!options_.save_model.empty()) save_model();
    const Json all = finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
    console_.json(all);
  }

  void save_model() {
    model_.pipeline = input_.pipeline;
    model_.provenance = to_line({{"made_by", fmt::format("whiteline {} embed", version())},
                                 {"device", ctx_.device().name},
                                 {"source", input_.sha256}});
    write_umap_model(options_.save_model, model_, overwrite_if(options_.common.force));
    record_.add_output(options_.save_model.filename().string(), options_.save_model);
  }

  std::string scatter() const {
    const Dataset& set = input_.set;
    ScatterChart chart;
    chart.title = fmt::format("UMAP, {} neighbours, min_dist {}", model_.params.n_neighbors,
                              model_.params.min_dist);
    chart.x.label = "dimension 1";
    chart.y.label = "dimension 2";
    for (const std::int64_t row : input_.chosen)
      for (const std::int64_t d : {0, 1})
        chart.points.push_back(set.counts[std::size_t(row * set.channels + d)]);
    if (input_.labelled) chart.labels = input_.chosen_labels();
    chart.class_names = set.class_names;
    return svg(chart);
  }

  const EmbedOptions& options_;
  Console console_;
  RunRecord record_;
  Context ctx_;
  EmbedInput input_;
  UmapModel model_;
  std::vector<float> positions_;  // of the chosen rows
};

}  // namespace

void run_embed(const EmbedOptions& options, const Json& given) {
  std::vector<std::string> names = {"run.json", "embedding.csv", "embedding.npz"};
  if (options.umap.n_components >= 2) names.emplace_back("scatter.svg");
  check_output_folder(options.output, names, options.common.force);
  if (!options.save_model.empty()) {
    require(options.model.empty(),
            "cannot save the model (--model names one that is there already) leave one out");
    check_outputs({options.save_model}, options.common.force);
  }
  EmbedRun(options, given).run();
}

}  // namespace whiteline::cli
