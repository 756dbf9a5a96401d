#include "cli/labeller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/cluster_results.hpp"
#include "cli/embed_quality.hpp"
#include "cli/interrupt.hpp"
#include "cli/mixtures.hpp"

namespace whiteline::cli {

Labeller::Labeller(const Context& ctx, const LabelOptions& options, std::vector<float> spectra,
                   std::int64_t channels, Console& console, RunRecord& record)
    : ctx_(ctx),
      options_(options),
      progress_(console.progress()),
      rows_(std::ssize(spectra) / channels) {
  Matrix x = Matrix::from_host(ctx_, HostView(spectra.data(), rows_, channels));
  spectra = std::vector<float>();  // {} would keep its memory
  {
    const auto timed = record.phase("embed");
    UmapFit fit = umap_fit(ctx_, options_.umap.params(options_.common.seed, progress_), x);
    embedding_ = std::move(fit.model);
    record["embedding"] = {{"n_neighbors", fit.report.n_neighbors},
                           {"components", fit.report.components},
                           {"n_epochs", fit.report.epochs}};
    record["stages"] = {{"neighbours", fit.report.neighbor_seconds},
                        {"graph", fit.report.graph_seconds},
                        {"start", fit.report.start_seconds},
                        {"layout", fit.report.layout_seconds}};
  }
  clustering_ = options_.hdbscan(rows_, progress_);
  {
    const auto timed = record.phase("cluster");
    found_ = hdbscan(ctx_, clustering_, positions());
  }
  look_for_mixtures(console, record);
  if (options_.quality) judge(x, console, record);
  x = {};
  throw_if_interrupted();
  choose_examples();
  if (clusters() >= 2) train(record);
}

Matrix Labeller::positions() const {
  return Matrix::from_host(
      ctx_, HostView(embedding_.embedding.data(), rows_, embedding_.params.n_components));
}

void Labeller::look_for_mixtures(Console& console, RunRecord& record) {
  const std::vector<ClusterMixture> mixtures =
      mixtures_among(embedding_.spectra, found_.labels, clusters());
  record["mixtures"] = json_of(mixtures);
  for (const ClusterMixture& mixture : mixtures)
    console.note(text_of(mixture) + (options_.part_mixtures
                                         ? ": its spectra are given to them"
                                         : ": --part-mixtures gives its spectra to them"));
  if (options_.part_mixtures) take_out(mixtures, found_);
}

void Labeller::judge(const Matrix& spectra, Console& console, RunRecord& record) {
  const auto timed = record.phase("quality");
  Json& quality = record["quality"] = Json::object();
  try {
    judge_embedding(ctx_, {embedding_.params.metric, options_.common.seed, progress_}, spectra,
                    positions(), found_.labels, quality);
    quality.erase("accuracy");  // of labels that come from the positions themselves
  } catch (const InvalidArgument& reason) {
    console.warn(fmt::format("--quality: {}", reason.what()));
  }
  if (!quality.empty()) console.result(quality_text(quality));
}

void Labeller::choose_examples() {
  std::vector<std::vector<std::int64_t>> members(static_cast<std::size_t>(clusters()));
  for (std::size_t row = 0; row < found_.labels.size(); ++row)
    if (found_.labels[row] != no_label)
      members[std::size_t(found_.labels[row])].push_back(std::int64_t(row));
  for (auto& rows : members) {
    const auto some = drawn_rows(std::move(rows), options_.per_cluster, options_.common.seed);
    examples_.insert(examples_.end(), some.begin(), some.end());
  }
  std::sort(examples_.begin(), examples_.end());
}

void Labeller::train(RunRecord& record) {
  const auto timed = record.phase("train");
  const std::int64_t channels = embedding_.channels;
  std::vector<float> spectra;
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> sizes(std::size_t(clusters()), 0);
  for (const std::int64_t row : examples_) {
    const auto first = embedding_.spectra.begin() + row * channels;
    spectra.insert(spectra.end(), first, first + channels);
    labels.push_back(found_.labels[std::size_t(row)]);
    ++sizes[std::size_t(labels.back())];
  }
  const Matrix x =
      Matrix::from_host(ctx_, HostView(spectra.data(), std::ssize(examples_), channels));
  const SvmParams params = options_.svm(progress_);
  const SvmData data(ctx_, x, labels);
  const SvmFit fit = svm_train(ctx_, params, data);
  CalibrationParams how;
  how.folds = int(std::min<std::int64_t>(how.folds, *std::min_element(sizes.begin(), sizes.end())));
  how.seed = options_.common.seed;
  classifier_ = svm_calibrate(ctx_, fit.model, params, how, data);
  classifier_.class_names = cluster_names(clusters());
  record["classifier"] = {{"examples", examples_.size()},
                          {"support_vectors", classifier_.support_vector_count()},
                          {"converged", fit.report.converged}};
}

Labeller::Answer Labeller::placed(const Matrix& spectra) const {
  const std::vector<float> places =
      umap_transform(ctx_, embedding_, spectra, {.progress = progress_});
  HdbscanPrediction answer = hdbscan_predict(
      ctx_, clustering_, found_, positions(),
      Matrix::from_host(ctx_,
                        HostView(places.data(), spectra.rows(), embedding_.params.n_components)));
  return {std::move(answer.labels), std::move(answer.probabilities)};
}

Labeller::Answer Labeller::classified(const Matrix& spectra) const {
  const SvmPrediction predicted = svm_predict(
      ctx_, classifier_, spectra,
      {.probability = true, .labels = SvmPredictParams::Labels::argmax, .progress = progress_});
  Answer answer{predicted.labels, {}};
  const auto classes = std::size_t(clusters());
  for (std::size_t row = 0; row < answer.labels.size(); ++row) {
    const auto first = predicted.probability.begin() + std::ptrdiff_t(row * classes);
    answer.probabilities.push_back(*std::max_element(first, first + std::ptrdiff_t(classes)));
  }
  return answer;
}

}  // namespace whiteline::cli
