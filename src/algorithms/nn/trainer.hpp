// One training run on a device.
#pragma once

#include <whiteline/nn/training.hpp>

#include <vector>

#include "algorithms/nn/recorded_steps.hpp"
#include "algorithms/nn/workspace.hpp"

namespace whiteline::nn {

class Trainer {
 public:
  // As train(). All must outlive this.
  Trainer(const Context& ctx, const Network& network, const TrainingParams& params, const Matrix& x,
          std::span<const std::int32_t> labels, const TrainingRows& rows);

  TrainingRun run();

 private:
  // Programs for whole batches and for the last one of an epoch.
  struct Programs {
    Layout whole_layout, last_layout;
    Program whole, last;
  };
  Programs layouts(std::size_t rows, Use use) const;
  void make_programs(Programs& programs);
  void resume(const Checkpoint& checkpoint);

  std::int64_t batches_of(const std::vector<std::int64_t>& rows) const {
    return (std::ssize(rows) + params_.batch - 1) / params_.batch;
  }
  Epoch run_epoch();
  void train_rows();
  void train_batch(std::int64_t batch);
  core::TrainingState evaluate();
  void judge_batch(std::int64_t batch);
  void take_batch(const Program& program, const core::Buffer<std::int32_t>& order,
                  std::int64_t first);
  // What was counted since the call before.
  core::TrainingState take_counts(core::Buffer<core::TrainingState>& state);
  void note_best(const Epoch& epoch);
  TrainingStatus status() const;  // after the last epoch so far; finished: to go on if any are left
  Checkpoint checkpoint() const;

  const Context& ctx_;
  const Network& network_;
  const TrainingParams& params_;
  const Matrix& x_;
  const TrainingRows& rows_;
  core::NetworkOps& ops_;
  core::Loss loss_;
  core::Buffer<std::int32_t> labels_, order_, validation_order_, batch_labels_;
  core::Buffer<float> class_weights_;
  core::Buffer<core::TrainingState> state_, validation_state_;
  core::Descent descent_;
  DeviceParameters parameters_;
  Programs training_, validation_;
  Workspace workspace_;
  RecordedSteps training_steps_, validation_steps_;

  std::int64_t steps_ = 0, best_epoch_ = -1;
  double best_loss_ = 0.0;
  Weights best_;
  std::vector<Epoch> epochs_;
};

}  // namespace whiteline::nn
