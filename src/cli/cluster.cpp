// whiteline cluster: clusters of spectra by density, with maps and mean spectra of them.
#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/hdbscan.hpp>
#include <whiteline/metrics.hpp>

#include <algorithm>
#include <cmath>

#include "cli/cluster_means.hpp"
#include "cli/cluster_options.hpp"
#include "cli/cluster_results.hpp"
#include "cli/interrupt.hpp"
#include "cli/kept_graph.hpp"
#include "cli/results.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

class ClusterRun {
 public:
  ClusterRun(const ClusterOptions& options, const Json& given)
      : options_(options),
        console_(options.common.output),
        record_("cluster", given, options.common),
        ctx_(open_device(options.common, console_, record_)) {}

  void run() {
    read();
    choose_rows();
    find();
    spread();
    describe();
    write();
  }

 private:
  void read() {
    const auto timed = record_.phase("read");
    input_ = read_with_axis(options_.input,
                            options_.spectra.empty() ? options_.choice.axis : AxisOptions{});
    record_.add_input("data", options_.input, console_.progress());
    if (options_.spectra.empty()) return;
    spectra_ = read_with_axis(options_.spectra, options_.choice.axis);
    record_.add_input("spectra", options_.spectra, console_.progress());
    if (spectra_->image.pixels() != input_.image.pixels())
      throw InvalidArgument(fmt::format(
          "cannot join {} and {} (they have {} and {} rows) give the spectra that were embedded",
          options_.input.string(), options_.spectra.string(), input_.image.pixels(),
          spectra_->image.pixels()));
  }

  // What the maps and mean spectra are of.
  const Input& shown() const { return spectra_ ? *spectra_ : input_; }

  // Those with a signal that are not NaN throughout, as what was left out of an embedding is.
  void choose_rows() {
    const SpectrumImage& points = input_.image;
    for (const std::int64_t row : rows_with_signal(shown(), options_.choice.vacuum)) {
      bool there = false;
      for (std::int64_t c = 0; c < points.energy.size && !there; ++c)
        there = !std::isnan(points.at(row, c));
      if (there) rows_.push_back(row);
    }
    require(!rows_.empty(),
            "cannot look for clusters (all spectra are vacuum) try --mask-vacuum none");
    answer_.vacuum.assign(std::size_t(points.pixels()), 1);
    for (const std::int64_t row : rows_) answer_.vacuum[std::size_t(row)] = 0;
  }

  void find() {
    const Pipeline pipeline =
        chosen_pipeline(options_.choice, input_.energy, input_.image.energy.size);
    record_["steps"] = descriptions(pipeline);
    const Matrix x = [&] {
      const auto timed = record_.phase("prepare");
      return prepare_rows(ctx_, input_, rows_, pipeline);
    }();
    throw_if_interrupted();
    const HdbscanParams params = options_.params(console_.progress());
    if (options_.graph.empty()) {
      const auto timed = record_.phase("cluster");
      result_ = hdbscan(ctx_, params, x);
      return;
    }
    const KnnParams near{.k = hdbscan_neighbors(params, x.rows()),
                         .metric = params.metric,
                         .progress = params.progress};
    const KnnGraph graph = kept_graph(ctx_, options_.graph, near, x, record_);
    const auto timed = record_.phase("cluster");
    result_ = hdbscan(ctx_, params, x, graph);
  }

  // From the rows that were clustered to all.
  void spread() {
    answer_.labels.assign(answer_.vacuum.size(), no_label);
    answer_.probabilities.assign(answer_.vacuum.size(), 0.0f);
    answer_.outlier_scores.assign(answer_.vacuum.size(), 0.0f);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto row = std::size_t(rows_[i]);
      answer_.labels[row] = result_.labels[i];
      answer_.probabilities[row] = result_.probabilities[i];
      answer_.outlier_scores[row] = result_.outlier_scores[i];
    }
  }

  void describe() {
    const auto noise = std::count(result_.labels.begin(), result_.labels.end(), no_label);
    record_["spectra"] = rows_.size();
    record_["vacuum"] = answer_.vacuum.size() - rows_.size();
    record_["clusters"] = result_.clusters;
    record_["noise"] = noise;
    record_["relative_validity"] = number_or_null(result_.relative_validity);
    record_["edges_by_search"] = result_.report.edges_by_search;
    std::string text = fmt::format("{} spectra on {}: {} clusters, {} noise ({:.1f} %)",
                                   rows_.size(), ctx_.device().name, result_.clusters, noise,
                                   100.0 * double(noise) / double(rows_.size()));
    if (!truth().empty()) {
      std::vector<std::int32_t> known, found;
      for (const std::int64_t row : rows_) {
        if (truth()[std::size_t(row)] == no_label) continue;
        known.push_back(truth()[std::size_t(row)]);
        found.push_back(answer_.labels[std::size_t(row)]);
      }
      const double all = adjusted_rand_index(known, found),
                   without = adjusted_rand_index(known, found, Noise::left_out);
      record_["adjusted_rand_index"] = number_or_null(all);
      record_["adjusted_rand_index_without_noise"] = number_or_null(without);
      text += fmt::format("; adjusted Rand index {:.4f} ({:.4f} without noise)", all, without);
    }
    console_.result(text);
  }

  const std::vector<std::int32_t>& truth() const { return shown().image.labels; }

  std::vector<std::string> names() const {
    std::vector<std::string> names = {"run.json", "labels.csv", "clusters.csv", "mean_spectra.csv",
                                      "mean_spectra.svg"};
    if (!shown().is_table) names.emplace_back("clusters.png");
    if (input_.image.energy.size == 2) names.emplace_back("scatter.svg");
    return names;
  }

  void write() {
    check_output_folder(options_.output, names(), options_.common.force);
    StagedFolder folder(options_.output);
    const auto text = [&](const std::string& name, const std::string& content) {
      write_text_file(folder.file(name), content, Overwrite::refuse);
    };
    {
      const auto timed = record_.phase("write");
      text("labels.csv", labels_csv(shown(), answer_));
      text("clusters.csv", clusters_csv(result_));
      const ClusterMeans means = mean_spectra();
      text("mean_spectra.csv", means.csv());
      text("mean_spectra.svg", means.chart());
      if (!shown().is_table)
        write_cluster_map(folder.file("clusters.png"), shown().image, answer_, result_.clusters);
      if (input_.image.energy.size == 2) text("scatter.svg", scatter());
    }
    if (!options_.labelled.empty()) write_labelled();
    const Json all = finish_folder(folder, record_, console_, options_.common);
    console_.result("wrote " + options_.output.string());
    console_.json(all);
  }

  ClusterMeans mean_spectra() const {
    const SpectrumImage& image = shown().image;
    ClusterMeans means(image.energy.size, shown().energy,
                       cluster_and_noise_names(result_.clusters));
    std::vector<float> counts(std::size_t(image.energy.size));
    for (const std::int64_t row : rows_) {
      for (std::int64_t c = 0; c < image.energy.size; ++c)
        counts[std::size_t(c)] = image.at(row, c);
      const std::int32_t label = answer_.labels[std::size_t(row)];
      means.add(std::size_t(label == no_label ? result_.clusters : label), counts);
    }
    return means;
  }

  std::string scatter() const {
    ScatterChart chart;
    chart.title = "Clusters";
    for (const std::int64_t row : rows_) {
      for (const std::int64_t c : {0, 1}) chart.points.push_back(input_.image.at(row, c));
      chart.labels.push_back(answer_.labels[std::size_t(row)]);
    }
    chart.class_names = cluster_names(result_.clusters);
    return svg(chart);
  }

  void write_labelled() {
    Input labelled = spectra_ ? std::move(*spectra_) : std::move(input_);
    labelled.image.labels = answer_.labels;
    labelled.image.class_names = cluster_names(result_.clusters);
    const Overwrite overwrite = overwrite_if(options_.common.force);
    if (labelled.is_table)
      write_dataset(options_.labelled, as_set(std::move(labelled)), overwrite);
    else
      write_spectrum_image(options_.labelled, labelled.image, overwrite);
    record_.add_output(options_.labelled.filename().string(), options_.labelled);
  }

  const ClusterOptions& options_;
  Console console_;
  RunRecord record_;
  Context ctx_;
  Input input_;
  std::optional<Input> spectra_;
  std::vector<std::int64_t> rows_;  // that are clustered
  HdbscanResult result_;
  ClusteredSpectra answer_;
};

}  // namespace

void run_cluster(const ClusterOptions& options, const Json& given) {
  check_output_folder(options.output, {"run.json", "labels.csv", "clusters.csv"},
                      options.common.force);
  if (!options.labelled.empty()) check_outputs({options.labelled}, options.common.force);
  ClusterRun(options, given).run();
}

}  // namespace whiteline::cli
