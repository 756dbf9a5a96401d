#include <whiteline/nn/training.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "algorithms/nn/trainer.hpp"
#include "core/finite.hpp"
#include "core/memory_plan.hpp"

namespace whiteline::nn {

namespace {

[[noreturn]] void refuse(std::string_view why, std::string_view advice) {
  throw InvalidArgument(fmt::format("cannot train the network ({}) {}", why, advice));
}

void check_params(const TrainingParams& params, const Network& network) {
  const double rate = params.optimizer.learning_rate;
  if (!(rate > 0.0 && std::isfinite(float(rate))))
    refuse(fmt::format("the learning rate is {}", rate), "choose one above 0");
  if (params.epochs < 1 || params.batch < 1)
    refuse(fmt::format("it has {} epochs of batches of {}", params.epochs, params.batch),
           "choose 1 or more of both");
  if (!params.class_weights.empty() &&
      std::int64_t(params.class_weights.size()) != network.classes())
    refuse(fmt::format("there are {} class weights for {} classes", params.class_weights.size(),
                       network.classes()),
           "give one a class");
  for (const double weight : params.class_weights)
    if (!(weight >= 0.0 && std::isfinite(float(weight))))
      refuse(fmt::format("a class has the weight {}", weight), "choose 0 or more");
  if (params.early_stopping &&
      (params.early_stopping->patience < 1 || !(params.early_stopping->least_gain >= 0.0)))
    refuse("early stopping has no patience, or a negative gain", "choose 1 or more, and 0 or more");
}

void check_resume(const TrainingParams& params) {
  if (!params.resume) return;
  const Checkpoint& from = *params.resume;
  const auto epochs = std::int64_t(from.epochs.size());
  const bool moments =
      params.optimizer.rule == OptimizerRule::sgd || !from.square.values.empty() || from.steps == 0;
  if (!moments || from.steps < 0 || from.best_epoch >= epochs ||
      (from.best_epoch >= 0 && params.early_stopping && params.early_stopping->restore_best &&
       from.best.values.empty()))
    refuse("the checkpoint is of a run with other parameters", "give those of its run");
}

// Rows of training and validation: within x, labelled, finite.
void check_rows(const Context& ctx, const Network& network, const Matrix& x,
                std::span<const std::int32_t> labels, const TrainingRows& rows) {
  if (std::int64_t(labels.size()) != x.rows())
    refuse(fmt::format("there are {} labels for {} rows", labels.size(), x.rows()),
           "give one a row");
  if (rows.training.empty()) refuse("there are no training rows", "name some");
  const std::vector<std::int32_t> invalid = core::first_non_finite(ctx, x.view());
  for (const auto* some : {&rows.training, &rows.validation})
    for (const std::int64_t row : *some) {
      if (row < 0 || row >= x.rows())
        refuse(fmt::format("there is no row {} among {}", row, x.rows()), "name rows of x");
      const std::int32_t label = labels[std::size_t(row)];
      if (label < 0 || label >= network.classes())
        refuse(fmt::format("row {} has the label {}, of {} classes", row, label, network.classes()),
               "number classes from 0 on");
      if (invalid[std::size_t(row)] >= 0) core::throw_non_finite(row, invalid[std::size_t(row)]);
    }
}

}  // namespace

TrainingRun train(const Context& ctx, const Network& network, const TrainingParams& params,
                  const Matrix& x, std::span<const std::int32_t> labels, const TrainingRows& rows) {
  if (network.output() == Output::spectrum)
    refuse("it makes spectra", "take one whose outputs are classes");
  check_params(params, network);
  check_resume(params);
  check_channels(network, x.cols());
  core::check_memory(ctx, training_bytes(network, params.optimizer.rule, params.batch),
                     "train the network", "take smaller batches or a smaller network");
  check_rows(ctx, network, x, labels, rows);
  return Trainer(ctx, network, params, x, labels, rows).run();
}

}  // namespace whiteline::nn
