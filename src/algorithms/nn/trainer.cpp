#include "algorithms/nn/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "algorithms/nn/draws.hpp"
#include "core/seconds.hpp"

namespace whiteline::nn {

namespace {

formulas::DescentRule rule_of(const Optimizer& optimizer) {
  switch (optimizer.rule) {
    case OptimizerRule::rmsprop:
      return formulas::DescentRule::rmsprop;
    case OptimizerRule::adam:
      return formulas::DescentRule::adam;
    case OptimizerRule::sgd:
      break;
  }
  return formulas::DescentRule::sgd;
}

std::vector<std::int32_t> as_int32(std::span<const std::int64_t> numbers) {
  return {numbers.begin(), numbers.end()};
}

std::vector<float> as_floats(std::span<const double> numbers) {
  return {numbers.begin(), numbers.end()};
}

double mean_loss(const core::TrainingState& counts) {
  return counts.diverged || counts.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                                             : counts.loss / double(counts.rows);
}

double share_of_hits(const core::TrainingState& counts) {
  return counts.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                          : double(counts.hits) / double(counts.rows);
}

// What early stopping watches.
double watched(const Epoch& epoch) { return epoch.validation_loss.value_or(epoch.loss); }

}  // namespace

Trainer::Trainer(const Context& ctx, const Network& network, const TrainingParams& params,
                 const Matrix& x, std::span<const std::int32_t> labels, const TrainingRows& rows)
    : ctx_(ctx),
      network_(network),
      params_(params),
      x_(x),
      rows_(rows),
      ops_(network_ops(ctx)),
      loss_(loss_of(network.output())),
      labels_(ctx, labels),
      order_(ctx, std::ssize(rows.training)),
      validation_order_(ctx, as_int32(rows.validation)),
      batch_labels_(ctx, params.batch),
      class_weights_(ctx, as_floats(params.class_weights)),
      state_(new_state(ctx)),
      validation_state_(new_state(ctx)),
      descent_{rule_of(params.optimizer), float(params.optimizer.learning_rate),
               std::as_const(state_).span()},
      parameters_(ctx, network, descent_.rule),
      training_(layouts(rows.training.size(), Use::training)),
      validation_(layouts(rows.validation.size(), Use::inference)),
      workspace_(ctx, {&training_.whole_layout, &training_.last_layout, &validation_.whole_layout,
                       &validation_.last_layout}) {
  make_programs(training_);
  make_programs(validation_);
  if (params.resume)
    resume(*params.resume);
  else
    parameters_.write(initial_weights(network, params.seed, params.model));
}

Trainer::Programs Trainer::layouts(std::size_t rows, Use use) const {
  const auto count = std::int64_t(rows);
  Programs programs;
  if (count >= params_.batch) programs.whole_layout = make_layout(network_, params_.batch, use);
  if (const std::int64_t rest = count % params_.batch; rest > 0)
    programs.last_layout = make_layout(network_, rest, use);
  return programs;
}

void Trainer::make_programs(Programs& programs) {
  const Surroundings around =
      workspace_.surroundings(state_, descent_, params_.seed, params_.model);
  const auto make = [&](const Layout& layout) {
    return layout.rows > 0 ? Program(network_, layout, parameters_, around) : Program();
  };
  programs.whole = make(programs.whole_layout);
  programs.last = make(programs.last_layout);
}

void Trainer::resume(const Checkpoint& from) {
  parameters_.write(from.weights);
  if (!from.mean.values.empty() || !from.square.values.empty())
    parameters_.write_moments(from.mean, from.square);
  steps_ = from.steps;
  epochs_ = from.epochs;
  best_epoch_ = from.best_epoch;
  best_ = from.best;
  if (best_epoch_ >= 0) best_loss_ = watched(epochs_[std::size_t(best_epoch_)]);
  core::TrainingState state{};
  state.step = std::uint32_t(steps_);
  state_.write(0, {&state, 1});
}

TrainingRun Trainer::run() {
  const auto start = std::chrono::steady_clock::now();
  TrainingRun run;
  while (std::ssize(epochs_) < params_.epochs && status() == TrainingStatus::finished) {
    epochs_.push_back(run_epoch());
    const Epoch& epoch = epochs_.back();
    if (std::isfinite(epoch.loss)) note_best(epoch);
    if (params_.on_epoch) params_.on_epoch(epoch, [&] { return checkpoint(); });
  }
  run.status = status();
  const bool restore =
      params_.early_stopping && params_.early_stopping->restore_best && best_epoch_ >= 0;
  run.weights = restore ? best_ : parameters_.read();
  run.best_epoch = restore ? best_epoch_ : -1;
  run.epochs = epochs_;
  run.seconds = core::seconds_since(start);
  return run;
}

Epoch Trainer::run_epoch() {
  const std::vector<std::int64_t> order =
      epoch_order(rows_.training, params_.seed, std::uint32_t(epochs_.size()), params_.model);
  order_.write(0, as_int32(order));
  train_rows();
  const core::TrainingState counts = take_counts(state_);
  steps_ = counts.step;
  Epoch epoch;
  epoch.loss = mean_loss(counts);
  epoch.accuracy = share_of_hits(counts);
  if (!rows_.validation.empty()) {
    const core::TrainingState judged = evaluate();
    epoch.validation_loss = mean_loss(judged);
    epoch.validation_accuracy = share_of_hits(judged);
  }
  return epoch;
}

void Trainer::take_batch(const Program& program, const core::Buffer<std::int32_t>& order,
                         std::int64_t first) {
  ops_.gather_batch(x_.view(), std::as_const(labels_).span(),
                    order.span().part(first, program.rows()), program.input(),
                    batch_labels_.span().part(0, program.rows()));
  program.forward(ops_);
}

void Trainer::train_rows() {
  const std::int64_t batches = batches_of(rows_.training);
  const auto total = std::uint64_t(batches * params_.epochs);
  training_steps_.run(
      ctx_.queue(), batches, [&](std::int64_t batch) { train_batch(batch); },
      [&](std::int64_t batch) {
        report(params_.progress, "train", std::uint64_t(std::ssize(epochs_) * batches + batch),
               total);
      });
}

void Trainer::train_batch(std::int64_t batch) {
  const std::int64_t first = batch * params_.batch;
  const bool whole = first + params_.batch <= std::ssize(rows_.training);
  const Program& program = whole ? training_.whole : training_.last;
  take_batch(program, order_, first);
  const core::Targets targets{std::as_const(batch_labels_).span().part(0, program.rows()),
                              std::as_const(class_weights_).span()};
  ops_.loss_gradient(loss_, program.logits(), targets, state_.span(), program.logits_gradient());
  program.backward(ops_);
  ops_.end_step(state_.span());
}

core::TrainingState Trainer::evaluate() {
  validation_steps_.run(ctx_.queue(), batches_of(rows_.validation),
                        [&](std::int64_t batch) { judge_batch(batch); });
  return take_counts(validation_state_);
}

void Trainer::judge_batch(std::int64_t batch) {
  const std::int64_t first = batch * params_.batch;
  const bool whole = first + params_.batch <= std::ssize(rows_.validation);
  const Program& program = whole ? validation_.whole : validation_.last;
  take_batch(program, validation_order_, first);
  const core::Targets targets{std::as_const(batch_labels_).span().part(0, program.rows()), {}};
  ops_.loss_gradient(loss_, program.logits(), targets, validation_state_.span(), {});
}

core::TrainingState Trainer::take_counts(core::Buffer<core::TrainingState>& state) {
  const core::TrainingState counts = state.to_host().front();
  core::TrainingState next{};
  next.step = counts.step;
  next.diverged = &state == &state_ ? counts.diverged : 0;
  state.write(0, {&next, 1});
  return counts;
}

TrainingStatus Trainer::status() const {
  if (epochs_.empty()) return TrainingStatus::finished;
  if (!std::isfinite(epochs_.back().loss)) return TrainingStatus::diverged;
  const std::int64_t since_best = std::ssize(epochs_) - 1 - best_epoch_;
  return params_.early_stopping && since_best >= params_.early_stopping->patience
             ? TrainingStatus::stopped
             : TrainingStatus::finished;
}

void Trainer::note_best(const Epoch& epoch) {
  if (!params_.early_stopping) return;
  const double loss = watched(epoch);
  if (best_epoch_ >= 0 && !(loss < best_loss_ - params_.early_stopping->least_gain)) return;
  best_epoch_ = std::ssize(epochs_) - 1;
  best_loss_ = loss;
  if (params_.early_stopping->restore_best) best_ = parameters_.read();
}

Checkpoint Trainer::checkpoint() const {
  Checkpoint out;
  out.weights = parameters_.read();
  out.mean = parameters_.read_mean();
  out.square = parameters_.read_square();
  out.steps = steps_;
  out.epochs = epochs_;
  out.best_epoch = best_epoch_;
  out.best = best_;
  return out;
}

}  // namespace whiteline::nn
