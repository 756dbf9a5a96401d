#include <gtest/gtest.h>
#include <whiteline/nn/training.hpp>

#include <cmath>
#include <set>

#include "algorithms/nn/draws.hpp"
#include "algorithms/nn_reference.hpp"
#include "algorithms/nn_weights.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

using nn::Network;
using nn::OptimizerRule;
using nn::TrainingParams;
using nn::TrainingRows;
using nn::TrainingRun;

Matrix upload(const Context& ctx, const Batch& batch) {
  return Matrix::from_host(ctx, {batch.x.data(), batch.samples, batch.channels});
}

std::vector<std::int64_t> rows_from(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = first; row < end; ++row) rows.push_back(row);
  return rows;
}

// A training run in double: one batch of all rows a step.
class ReferenceRun {
 public:
  ReferenceRun(const Network& network, const TrainingParams& params, const Batch& batch)
      : network_(network), params_(params), batch_(batch) {
    tables_ = as_doubles(nn::initial_weights(network, params.seed, params.model));
    mean_ = square_ = tables_;
    for (auto* moments : {&mean_, &square_})
      for (auto& table : *moments) table.assign(table.size(), 0.0);
  }

  void nudge() { tables_ = nudged(tables_, 1); }

  double step() {
    const auto rows = rows_from(0, batch_.samples);
    const auto order = nn::epoch_order(rows, params_.seed, step_, params_.model);
    std::vector<double> x;
    std::vector<std::int32_t> labels;
    for (const std::int64_t row : order) {
      for (std::int64_t c = 0; c < batch_.channels; ++c)
        x.push_back(batch_.x[at(row * batch_.channels + c)]);
      labels.push_back(batch_.labels[at(row)]);
    }
    const ReferenceStep now = reference_step(
        network_, tables_, x, labels,
        layer_draws(network_, {.seed = params_.seed, .step = step_, .model = params_.model}),
        params_.class_weights);
    ++step_;
    for (std::size_t p = 0; p < tables_.size(); ++p)
      if (network_.parameters()[p].trainable())
        for (std::size_t i = 0; i < tables_[p].size(); ++i) descend(p, i, now.gradients[p][i]);
    for (const auto& [p, values] : now.moving) tables_[p] = values;
    return now.loss;
  }

  const std::vector<std::vector<double>>& tables() const { return tables_; }

 private:
  void descend(std::size_t p, std::size_t i, double g) {
    const double rate = params_.optimizer.learning_rate;
    double &w = tables_[p][i], &m = mean_[p][i], &v = square_[p][i];
    switch (params_.optimizer.rule) {
      case OptimizerRule::sgd:
        w -= rate * g;
        break;
      case OptimizerRule::rmsprop:
        v = 0.9 * v + 0.1 * g * g;
        w -= rate * g / std::sqrt(v + 1e-7);
        break;
      case OptimizerRule::adam:
        m += 0.1 * (g - m);
        v += 0.001 * (g * g - v);
        w -= rate * std::sqrt(1.0 - std::pow(0.999, step_)) / (1.0 - std::pow(0.9, step_)) * m /
             (std::sqrt(v) + 1e-7);
        break;
    }
  }

  const Network& network_;
  const TrainingParams& params_;
  const Batch& batch_;
  std::uint32_t step_ = 0;
  std::vector<std::vector<double>> tables_, mean_, square_;
};

class NetworkTraining : public OpsTest<&core::Ops::network> {
 protected:
  // Six epochs of one batch, beside the same in double.
  void expect_the_losses(const Network& network, TrainingParams params, const Batch& batch,
                         const std::string& what) {
    SCOPED_TRACE(what);
    params.epochs = 6;
    params.batch = batch.samples;
    const TrainingRun run = train(ctx(), network, params, upload(ctx(), batch), batch.labels,
                                  {rows_from(0, batch.samples), {}});
    ASSERT_EQ(run.status, nn::TrainingStatus::finished);
    ASSERT_EQ(run.epochs.size(), 6u);
    ReferenceRun expected(network, params, batch), beside(network, params, batch);
    beside.nudge();
    for (const nn::Epoch& epoch : run.epochs) {
      const double loss = expected.step();
      ASSERT_NEAR(epoch.loss, loss,
                  1e-6 * std::max(1.0, loss) + 2.0 * std::abs(loss - beside.step()));
    }
  }
};

TEST_P(NetworkTraining, LossesOfSixStepsAreThoseInDouble) {
  for (const OptimizerRule rule : {OptimizerRule::sgd, OptimizerRule::rmsprop, OptimizerRule::adam})
    for (nn::Structure s : small_structures()) {
      s.activation = nn::Activation::elu;
      const bool residual = s.family == nn::Family::convolutional && s.number == 7;
      if (emulated() && residual && rule != OptimizerRule::adam) continue;  // takes long
      const Network network = build(s, s.number == 7 ? 40 : 20, 3);
      TrainingParams params;
      params.optimizer = {rule, rule == OptimizerRule::sgd ? 0.01 : 1e-3};
      params.seed = 4;
      params.model = 17;
      expect_the_losses(network, params, random_batch(network, 9, 8), name(s));
    }
}

TEST_P(NetworkTraining, WeightsFollowClassWeightsAndMovingStatistics) {
  nn::Structure s = small_structure(nn::Family::dense, 6);
  s.activation = nn::Activation::tanh;
  const Network network = build(s, 10, 3);
  const Batch batch = random_batch(network, 12, 2);
  TrainingParams params;
  params.optimizer = {OptimizerRule::sgd, 0.1};
  params.class_weights = {2.0, 0.25, 1.0};
  params.epochs = 4;
  params.batch = 12;
  const TrainingRun run =
      train(ctx(), network, params, upload(ctx(), batch), batch.labels, {rows_from(0, 12), {}});
  ReferenceRun expected(network, params, batch);
  for (int step = 0; step < 4; ++step) expected.step();
  for (std::size_t p = 0; p < run.weights.values.size(); ++p)
    for (std::size_t i = 0; i < run.weights.values[p].size(); ++i)
      EXPECT_NEAR(run.weights.values[p][i], expected.tables()[p][i],
                  tolerance(256, std::abs(expected.tables()[p][i]) + 0.1))
          << p << " " << i;
}

// Spectra with a bump whose place tells the class.
Batch bumps(std::int64_t samples, std::int64_t channels, std::int32_t classes, unsigned seed) {
  Batch batch{samples, channels, {}, {}};
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0.0f, 0.05f);
  for (std::int64_t b = 0; b < samples; ++b) {
    const auto label = std::int32_t(b % classes);
    const float centre = float(channels) * (float(label) + 0.5f) / float(classes);
    const float width = float(channels) / float(4 * classes);
    for (std::int64_t c = 0; c < channels; ++c) {
      const float d = (float(c) - centre) / width;
      batch.x.push_back(std::exp(-0.5f * d * d) + noise(random));
    }
    batch.labels.push_back(label);
  }
  return batch;
}

double accuracy_of(const TrainingRun& run) { return run.epochs.back().validation_accuracy.value(); }

TEST_P(NetworkTraining, EveryStructureFits32Spectra) {
  if (emulated()) GTEST_SKIP() << "takes long on an emulated GPU";
  const Batch batch = bumps(32, 48, 3, 1);
  const Matrix x = upload(ctx(), batch);
  for (nn::Structure s : small_structures()) {
    s.activation = nn::Activation::elu;
    s.units = 16;
    s.filters = s.number == 7 ? 2 : 6;
    TrainingParams params;
    params.optimizer = {OptimizerRule::adam, 0.01};
    params.epochs = 150;
    params.batch = 8;
    double best = 0.0;
    params.on_epoch = [&](const nn::Epoch& epoch, const auto&) {
      best = std::max(best, epoch.validation_accuracy.value());
    };
    params.progress = [&](const ProgressEvent&) { return best < 1.0; };
    const std::vector<std::int64_t> rows = rows_from(0, 32);
    try {
      train(ctx(), build(s, 48, 3), params, x, batch.labels, {rows, rows});
    } catch (const Cancelled&) {
    }
    EXPECT_EQ(best, 1.0) << name(s);
  }
}

TEST_P(NetworkTraining, TheSameSeedGivesTheSameBitsForAnyNumberOfThreads) {
  const Batch batch = bumps(70, 40, 3, 2);
  for (const auto& [family, number] : {std::pair(nn::Family::dense, 11),
                                       {nn::Family::convolutional, 5},
                                       {nn::Family::convolutional, 7}}) {
    if (emulated() && number == 7) continue;  // takes long
    const Network network = build(small_structure(family, number), 40, 3);
    TrainingParams params;
    params.optimizer.rule = OptimizerRule::adam;
    params.epochs = 3;
    params.batch = 16;
    std::optional<TrainingRun> first;
    for (const int threads : {1, 2, 4}) {
      const Context own(device(), {.threads = threads});
      const TrainingRun run = train(own, network, params, upload(own, batch), batch.labels,
                                    {rows_from(0, 50), rows_from(50, 70)});
      if (!first) first = run;
      EXPECT_TRUE(same_bits(run.weights, first->weights)) << number << ", " << threads;
      EXPECT_TRUE(same_epochs(run.epochs, first->epochs)) << number << ", " << threads;
    }
    params.seed = 2;
    EXPECT_FALSE(same_bits(
        train(ctx(), network, params, upload(ctx(), batch), batch.labels, {rows_from(0, 50), {}})
            .weights,
        first->weights));
  }
}

TEST_P(NetworkTraining, DevicesLearnAlike) {
  const Batch batch = bumps(60, 40, 3, 2);
  const Context cpu("cpu");
  for (const auto& [family, number] :
       {std::pair(nn::Family::dense, 5), {nn::Family::convolutional, 5}}) {
    const Network network = build(small_structure(family, number), 40, 3);
    TrainingParams params;
    params.epochs = 3;
    params.batch = 16;
    const auto run_on = [&](const Context& where) {
      return train(where, network, params, upload(where, batch), batch.labels,
                   {rows_from(0, 42), rows_from(42, 60)});
    };
    const TrainingRun run = run_on(ctx()), expected = run_on(cpu);
    for (std::size_t e = 0; e < expected.epochs.size(); ++e) {
      const double loss = expected.epochs[e].loss, allowed = tolerance(3 * 42 * 40, 1.0 + loss);
      EXPECT_NEAR(run.epochs[e].loss, loss, allowed) << number << ", epoch " << e;
      EXPECT_NEAR(*run.epochs[e].validation_loss, *expected.epochs[e].validation_loss, allowed);
    }
  }
}

TEST_P(NetworkTraining, ACheckpointGoesOnToTheSameBits) {
  const Batch batch = bumps(40, 30, 2, 3);
  const Matrix x = upload(ctx(), batch);
  const TrainingRows rows{rows_from(0, 29), rows_from(29, 40)};
  for (const OptimizerRule rule :
       {OptimizerRule::sgd, OptimizerRule::rmsprop, OptimizerRule::adam}) {
    const Network network = build(small_structure(nn::Family::dense, 7), 30, 2);
    TrainingParams params;
    params.optimizer = {rule, 0.01};
    params.epochs = 6;
    params.batch = 8;
    params.early_stopping = nn::EarlyStopping{5, 0.0, true};
    std::vector<nn::Checkpoint> checkpoints;
    params.on_epoch = [&](const nn::Epoch&, const auto& checkpoint) {
      checkpoints.push_back(checkpoint());
    };
    const TrainingRun whole = train(ctx(), network, params, x, batch.labels, rows);
    params.on_epoch = {};
    for (const nn::Checkpoint& from : checkpoints) {
      params.resume = from;
      const TrainingRun rest = train(ctx(), network, params, x, batch.labels, rows);
      EXPECT_TRUE(same_bits(rest.weights, whole.weights)) << name(rule) << from.epochs.size();
      EXPECT_TRUE(same_epochs(rest.epochs, whole.epochs)) << name(rule);
      EXPECT_EQ(rest.status, whole.status);
      EXPECT_EQ(rest.best_epoch, whole.best_epoch);
    }
  }
}

TEST_P(NetworkTraining, ACheckpointOfARunThatHasEndedGoesOnNoFurther) {
  const Batch batch = bumps(40, 30, 2, 3);
  const Matrix x = upload(ctx(), batch);
  const Network network = build(small_structure(nn::Family::dense, 0), 30, 2);
  const auto ends = [&](const nn::Optimizer& optimizer, nn::TrainingStatus status) {
    TrainingParams params;
    params.optimizer = optimizer;
    params.epochs = 50;
    params.batch = 8;
    params.early_stopping = nn::EarlyStopping{1, 1e6, false};  // the second epoch gains less
    nn::Checkpoint last;
    params.on_epoch = [&](const nn::Epoch&, const auto& checkpoint) { last = checkpoint(); };
    const TrainingRun whole =
        train(ctx(), network, params, x, batch.labels, {rows_from(0, 40), {}});
    EXPECT_EQ(whole.status, status);
    EXPECT_LT(whole.epochs.size(), 50u);
    params.resume = last;
    const TrainingRun rest = train(ctx(), network, params, x, batch.labels, {rows_from(0, 40), {}});
    EXPECT_EQ(rest.status, status);
    EXPECT_EQ(rest.epochs.size(), whole.epochs.size());
    EXPECT_TRUE(same_bits(rest.weights, whole.weights));
  };
  ends({OptimizerRule::sgd, 0.01}, nn::TrainingStatus::stopped);
  ends({OptimizerRule::sgd, 1e30}, nn::TrainingStatus::diverged);
}

// The first epoch of a run is never replayed: that after a checkpoint neither.
TEST_P(NetworkTraining, EpochsFromRecordingsHaveTheBitsOfThoseThatAreNot) {
  const Batch batch = bumps(90, 12, 3, 5);
  const Matrix x = upload(ctx(), batch);
  const TrainingRows rows{rows_from(0, 69), rows_from(69, 90)};
  const Network network = build(small_structure(nn::Family::dense, 7), 12, 3);
  TrainingParams params;
  params.optimizer = {OptimizerRule::adam, 0.01};
  params.epochs = 3;
  params.batch = 2;  // 35 batches, the last one of 1
  params.early_stopping = nn::EarlyStopping{10, 0.0, true};
  const TrainingRun whole = train(ctx(), network, params, x, batch.labels, rows);
  std::optional<nn::Checkpoint> last;
  params.on_epoch = [&](const nn::Epoch&, const auto& checkpoint) { last = checkpoint(); };
  TrainingRun run;
  for (params.epochs = 1; params.epochs <= 3; ++params.epochs) {
    params.resume = last;
    run = train(ctx(), network, params, x, batch.labels, rows);
  }
  EXPECT_TRUE(same_epochs(run.epochs, whole.epochs));
  EXPECT_TRUE(same_bits(run.weights, whole.weights));
  EXPECT_EQ(run.best_epoch, whole.best_epoch);
}

TEST_P(NetworkTraining, EarlyStoppingKeepsTheBestWeights) {
  const Batch batch = random_batch(build(small_structure(nn::Family::dense, 0), 12, 2), 40, 6);
  const Network network = build(small_structure(nn::Family::dense, 0), 12, 2);
  const Matrix x = upload(ctx(), batch);
  TrainingParams params;
  params.optimizer = {OptimizerRule::adam, 0.01};
  params.epochs = 400;  // of labels without sense: the validation loss rises in the end
  params.batch = 10;
  params.early_stopping = nn::EarlyStopping{4, 0.0, true};
  std::vector<nn::Weights> after;
  params.on_epoch = [&](const nn::Epoch&, const auto& checkpoint) {
    after.push_back(checkpoint().weights);
  };
  const TrainingRun run =
      train(ctx(), network, params, x, batch.labels, {rows_from(0, 20), rows_from(20, 40)});
  ASSERT_EQ(run.status, nn::TrainingStatus::stopped);
  ASSERT_GE(run.best_epoch, 0);
  EXPECT_EQ(std::int64_t(run.epochs.size()), run.best_epoch + 5);
  for (const nn::Epoch& epoch : run.epochs)
    EXPECT_GE(*epoch.validation_loss, *run.epochs[std::size_t(run.best_epoch)].validation_loss);
  EXPECT_TRUE(same_bits(run.weights, after[std::size_t(run.best_epoch)]));
}

TEST_P(NetworkTraining, ALossThatIsNotFiniteEndsTheRun) {
  Network network(6);
  network.add(nn::Dense{8, nn::Activation::exponential});
  network.add(nn::Dense{8, nn::Activation::exponential});
  network.add(nn::Dense{2});
  Batch batch = random_batch(network, 20, 1);
  for (float& value : batch.x) value *= 1000.0f;
  TrainingParams params;
  params.optimizer.learning_rate = 1.0;
  params.epochs = 5;
  const auto run_of = [&] {
    return train(ctx(), network, params, upload(ctx(), batch), batch.labels,
                 {rows_from(0, 20), {}});
  };
  const TrainingRun run = run_of();
  EXPECT_EQ(run.status, nn::TrainingStatus::diverged);
  ASSERT_LT(run.epochs.size(), 5u);
  EXPECT_TRUE(std::isnan(run.epochs.back().loss));
  params.epochs = std::int64_t(run.epochs.size()) - 1;
  const nn::Weights before =
      params.epochs > 0 ? run_of().weights : nn::initial_weights(network, params.seed);
  EXPECT_TRUE(same_bits(run.weights, before));
}

TEST_P(NetworkTraining, RefusesWhatCannotBeTrained) {
  const Network network = build(small_structure(nn::Family::dense, 0), 12, 2);
  const Batch batch = random_batch(network, 10, 1);
  const auto refused = [&](const TrainingParams& params, const TrainingRows& rows,
                           std::vector<std::int32_t> labels) {
    EXPECT_THROW(train(ctx(), network, params, upload(ctx(), batch), labels, rows),
                 InvalidArgument);
  };
  const TrainingRows all{rows_from(0, 10), {}};
  refused({}, {}, batch.labels);
  refused({}, {{10}, {}}, batch.labels);
  refused({}, {{0}, {-1}}, batch.labels);
  refused({}, all, std::vector<std::int32_t>(9, 0));
  refused({}, all, std::vector<std::int32_t>(10, 2));
  refused({.optimizer = {OptimizerRule::sgd, 0.0}}, all, batch.labels);
  refused({.epochs = 0}, all, batch.labels);
  refused({.batch = 0}, all, batch.labels);
  refused({.class_weights = {1.0}}, all, batch.labels);
  refused({.class_weights = {1.0, -1.0}}, all, batch.labels);
  refused({.early_stopping = nn::EarlyStopping{0}}, all, batch.labels);
  Batch damaged = batch;
  damaged.x[at(3 * 12 + 5)] = std::nanf("");
  EXPECT_THROW(train(ctx(), network, {}, upload(ctx(), damaged), batch.labels, all),
               InvalidArgument);
  EXPECT_NO_THROW(train(ctx(), network, {.epochs = 1}, upload(ctx(), damaged), batch.labels,
                        {{0, 1, 2, 4}, {}}));
  EXPECT_THROW(train(ctx(), build(small_structure(nn::Family::dense, 0), 11, 2), {},
                     upload(ctx(), batch), batch.labels, all),
               InvalidArgument);
}

TEST_P(NetworkTraining, TheCallbackSeesBatchesAndStopsTheRun) {
  const Network network = build(small_structure(nn::Family::dense, 0), 12, 2);
  const Batch batch = random_batch(network, 10, 1);
  TrainingParams params;
  params.epochs = 2;
  params.batch = 4;
  std::vector<std::uint64_t> seen;
  params.progress = [&](const ProgressEvent& event) {
    EXPECT_EQ(event.stage, "train");
    EXPECT_EQ(event.total, 6u);
    seen.push_back(event.done);
    return seen.size() < 5;
  };
  EXPECT_THROW(
      train(ctx(), network, params, upload(ctx(), batch), batch.labels, {rows_from(0, 10), {}}),
      Cancelled);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST_P(NetworkTraining, ALabelOfOneOutputTellsTwoClasses) {
  const Batch batch = bumps(60, 20, 2, 4);
  nn::Structure s = small_structure(nn::Family::dense, 1);
  s.output = nn::Output::sigmoid;
  TrainingParams params;
  params.optimizer = {OptimizerRule::adam, 0.01};
  params.epochs = 30;
  params.batch = 8;
  const TrainingRun run = train(ctx(), build(s, 20, 1), params, upload(ctx(), batch), batch.labels,
                                {rows_from(0, 40), rows_from(40, 60)});
  EXPECT_EQ(accuracy_of(run), 1.0);
}

INSTANTIATE_TEST_SUITE_P(Backends, NetworkTraining, all_backends(), backend_name);

TEST(NetworkProtocol, HalvesClassesAndDealsTheRestIntoFiveFolds) {
  std::vector<std::int32_t> labels;
  for (const auto& [label, rows] : {std::pair(0, 23), {1, 8}, {2, 41}})
    labels.insert(labels.end(), std::size_t(rows), label);
  labels.push_back(no_label);
  const nn::Protocol protocol = nn::training_protocol(labels, 3);
  ASSERT_EQ(protocol.folds.size(), 5u);
  const auto of_class = [&](const std::vector<std::int64_t>& rows, std::int32_t label) {
    return std::count_if(rows.begin(), rows.end(),
                         [&](std::int64_t row) { return labels[at(row)] == label; });
  };
  const std::int64_t halves[] = {11, 4, 20}, rest[] = {12, 4, 21};
  std::set<std::int64_t> all(protocol.test.begin(), protocol.test.end());
  std::size_t least = labels.size(), most = 0;
  for (const auto& fold : protocol.folds) {
    all.insert(fold.begin(), fold.end());
    least = std::min(least, fold.size());
    most = std::max(most, fold.size());
    for (const std::int32_t label : {0, 1, 2})
      EXPECT_LE(std::abs(double(of_class(fold, label)) - double(rest[label]) / 5.0), 1.0);
  }
  EXPECT_LE(most - least, 1u);
  EXPECT_EQ(all.size(), 72u);
  for (const std::int32_t label : {0, 1, 2})
    EXPECT_EQ(of_class(protocol.test, label), halves[label]);
  const TrainingRows rows = protocol.fold(2);
  EXPECT_EQ(rows.validation, protocol.folds[2]);
  EXPECT_EQ(rows.training.size() + rows.validation.size(), 37u);
  EXPECT_EQ(protocol.refit().training.size(), 37u);
  EXPECT_NE(nn::training_protocol(labels, 4).test, protocol.test);
  EXPECT_THROW(protocol.fold(5), InvalidArgument);
}

TEST(NetworkHistory, IsATableAndCharts) {
  const std::vector<nn::Epoch> epochs = {{0.5, 0.75, 0.25, 1.0}, {0.125, 1.0, {}, {}}};
  EXPECT_EQ(nn::history_csv(epochs),
            "epoch,loss,accuracy,validation_loss,validation_accuracy\n1,0.5,0.75,0.25,1\n"
            "2,0.125,1,,\n");
  EXPECT_EQ(nn::loss_chart(epochs).series.size(), 2u);
  EXPECT_EQ(nn::accuracy_chart(epochs).series[0].y, (std::vector<double>{0.75, 1.0}));
  EXPECT_NE(svg(nn::loss_chart(epochs)).find("validation"), std::string::npos);
}

}  // namespace
}  // namespace whiteline::test
