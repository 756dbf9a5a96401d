#include "cli/train_network.hpp"

#include <fmt/format.h>
#include <whiteline/charts.hpp>
#include <whiteline/nn/architectures.hpp>

#include <algorithm>
#include <set>

#include "cli/interrupt.hpp"
#include "cli/train_checkpoint.hpp"
#include "cli/training.hpp"
#include "cli/training_weights.hpp"
#include "cli/truth.hpp"

namespace whiteline::cli {

namespace {

nn::Optimizer chosen_optimizer(const TrainOptions& options) {
  nn::Optimizer optimizer = nn::preset(options.model.network).optimizer;
  if (!options.optimizer.empty()) optimizer.rule = nn::optimizer_rule_named(options.optimizer);
  if (options.learning_rate > 0.0) optimizer.learning_rate = options.learning_rate;
  return optimizer;
}

nn::Structure chosen_structure(const TrainOptions& options) {
  nn::Structure structure = nn::preset(options.model.network).structure;
  if (options.head == "flatten") structure.head = nn::Structure::Head::flatten;
  if (options.dense_branch == "spectrum") structure.dense_branch = nn::Structure::DenseBranch::flat;
  return structure;
}

// A factor of the loss for each class, by the positions in `model`.
std::vector<double> class_weights(const TrainOptions& options, const Dataset& set,
                                  const nn::Model& model,
                                  const std::vector<std::int32_t>& positions) {
  const auto factors = factors_by_label(options.class_weight, set.class_names);
  if (factors.empty() && options.class_weight.rule == ClassWeight::none) return {};
  const std::size_t classes = model.classes.size();
  std::vector<double> weights(classes, 1.0), rows(classes, 0.0);
  double labelled = 0.0;
  for (const std::int32_t position : positions) {
    if (position == no_label) continue;
    rows[std::size_t(position)] += 1.0;
    labelled += 1.0;
  }
  for (std::size_t c = 0; c < classes; ++c) {
    if (options.class_weight.rule == ClassWeight::balanced)
      weights[c] = labelled / (double(classes) * rows[c]);
    const auto factor = factors.find(model.classes[c]);
    if (factor != factors.end()) weights[c] *= factor->second;
  }
  return weights;
}

// The labelled rows, some of each class for validation.
nn::TrainingRows rows_of(const TrainOptions& options, const std::vector<std::int32_t>& positions) {
  nn::TrainingRows rows;
  const Split split = stratified_split(positions, 1.0 - options.validation, options.common.seed);
  rows.training = split.first;
  rows.validation = split.second;
  return rows;
}

void tell(const TrainOptions& options, const nn::TrainingRun& run, const nn::Network& network,
          Console& console, RunRecord& record) {
  const nn::Epoch& last = run.epochs.back();
  Json all = {{"name", options.model.network},
              {"parameters", network.parameter_count()},
              {"trainable", network.trainable_count()},
              {"epochs", run.epochs.size()},
              {"status", nn::name(run.status)},
              {"loss", number_or_null(last.loss)},
              {"training_accuracy", number_or_null(last.accuracy)},
              {"seconds", run.seconds}};
  if (last.validation_accuracy)
    all["validation_accuracy"] = number_or_null(*last.validation_accuracy);
  if (run.best_epoch >= 0) all["best_epoch"] = run.best_epoch + 1;
  record["network"] = all;
  if (run.status == nn::TrainingStatus::diverged) {
    std::filesystem::remove(checkpoint_file(options.output));
    throw InvalidArgument(
        fmt::format("cannot train the network (its loss is not finite in epoch {}) lower "
                    "--learning-rate or normalise the spectra",
                    run.epochs.size()));
  }
  console.note(fmt::format("{} epochs in {:.1f} s: loss {:.4g}, training accuracy {:.4f}",
                           run.epochs.size(), run.seconds, last.loss, last.accuracy));
}

}  // namespace

nn::Model train_network(const Context& ctx, const TrainOptions& options, const Dataset& set,
                        const Pipeline& pipeline, Console& console, RunRecord& record,
                        std::vector<nn::Epoch>& epochs) {
  if (!options.sample_weight.empty())
    throw InvalidArgument(
        "cannot weigh single spectra (a network knows weights of classes only) leave out "
        "--sample-weight");
  nn::Model model;
  std::set<std::int32_t> labels(set.labels.begin(), set.labels.end());
  labels.erase(no_label);
  model.classes.assign(labels.begin(), labels.end());
  if (model.classes.size() < 2)
    throw InvalidArgument(
        "cannot train a classifier (the spectra are of fewer than two classes) "
        "give spectra of two classes or more");
  for (const std::int32_t label : model.classes)
    model.class_names.push_back(set.class_names.at(std::size_t(label)));
  model.pipeline = pipeline;
  PreparedSpectra prepared;
  {
    const auto timed = record.phase("prepare");
    prepared = pipeline.apply(ctx, set.spectra(), set.energy);
    ctx.synchronize();
  }
  throw_if_interrupted();
  model.network =
      build(chosen_structure(options), prepared.spectra.cols(), std::int64_t(model.classes.size()));
  const std::vector<std::int32_t> positions = as_positions(set.labels, model.classes);
  nn::TrainingParams params;
  params.optimizer = chosen_optimizer(options);
  params.epochs = options.epochs;
  params.batch = options.batch;
  params.seed = options.common.seed;
  params.class_weights = class_weights(options, set, model, positions);
  if (options.patience > 0) params.early_stopping = nn::EarlyStopping{options.patience};
  params.progress = console.progress();
  const nn::TrainingRows rows = rows_of(options, positions);
  nn::TrainingRun run;
  {
    const auto timed = record.phase("train");
    keep_checkpoints(options, model.network, prepared.spectra, positions, rows, console, params);
    run = train(ctx, model.network, params, prepared.spectra, positions, rows);
  }
  tell(options, run, model.network, console, record);
  model.weights = std::move(run.weights);
  epochs = std::move(run.epochs);
  return model;
}

Json network_provenance(const TrainOptions& options) {
  const nn::Optimizer optimizer = chosen_optimizer(options);
  return {{"network", options.model.network},
          {"epochs", options.epochs},
          {"batch", options.batch},
          {"optimizer", nn::name(optimizer.rule)},
          {"learning_rate", optimizer.learning_rate},
          {"validation", options.validation},
          {"patience", options.patience},
          {"head", options.head},
          {"dense_branch", options.dense_branch}};
}

std::vector<std::filesystem::path> history_files(const std::filesystem::path& model) {
  const std::string name = model.string();
  return {name + ".history.csv", name + ".loss.svg", name + ".accuracy.svg"};
}

void write_history(const std::filesystem::path& model, const std::vector<nn::Epoch>& epochs,
                   Overwrite overwrite, RunRecord& record) {
  const std::string texts[] = {nn::history_csv(epochs), svg(nn::loss_chart(epochs)),
                               svg(nn::accuracy_chart(epochs))};
  std::size_t next = 0;
  for (const std::filesystem::path& file : history_files(model)) {
    write_text_file(file, texts[next++], overwrite);
    record.add_output(file.filename().string(), file);
  }
}

}  // namespace whiteline::cli
