// The training of one GAN on a device.
#pragma once

#include <memory>
#include <vector>

#include "algorithms/gan/evaluation.hpp"
#include "algorithms/gan/player.hpp"
#include "algorithms/nn/recorded_steps.hpp"

namespace whiteline::gan {

class Trainer {
 public:
  // As gan_train. All must outlive this.
  Trainer(const Context& ctx, const GanParams& params, const TrainingSpectra& spectra);

  GanRun run();

 private:
  enum class Transformation { none, energy_shift, noise };
  // Once over the spectra.
  struct Pass {
    std::uint32_t number;  // of draws
    Transformation transformation;
    std::size_t discriminator;
    bool trains_generator;
  };
  static std::vector<Pass> passes_of(GanDesign design);
  std::int64_t steps_a_pass() const { return (spectra_.rows + batch_ - 1) / batch_; }

  void begin();
  GanEpoch run_epoch();
  void write_orders();
  void run_passes();
  // The number-th step of an epoch.
  void step(std::int64_t number);
  // To make_'s gradient, while the discriminator stays.
  void judge_as_real(const Pass& pass, const nn::Program& judge);
  core::Perturb latent_draw(formulas::Purpose purpose, std::uint32_t layer,
                            const core::Buffer<core::TrainingState>& clock) const;
  core::Perturb perturb_of(Transformation transformation) const;
  void copy_rows(ConstMatrixView from, MatrixView to);
  GanMetrics evaluate(std::uint32_t epoch);
  void generate_sample();
  bool is_evaluated(std::int64_t epoch) const;
  // Whether it goes on.
  bool note(GanRun& run);
  GanCheckpoint checkpoint() const;

  const Context& ctx_;
  const GanParams& params_;
  const TrainingSpectra& spectra_;
  core::NetworkOps& ops_;
  std::int64_t batch_;
  std::vector<Pass> passes_;
  Baseline baseline_;
  GanMetrics tolerances_;
  double electrons_;
  Player generator_;
  std::vector<std::unique_ptr<Player>> discriminators_;
  core::Buffer<core::TrainingState> clock_, evaluation_clock_;
  Matrix data_, stacked_, zeros_, generated_;
  core::Buffer<std::int32_t> orders_, counting_;  // orders: one a pass, each of whole batches
  nn::Layout make_layout_, judge_layout_, show_layout_;
  nn::Workspace generator_space_, discriminator_space_;
  nn::Program make_, show_;         // the generator in training, and as it is evaluated
  std::vector<nn::Program> judge_;  // each discriminator
  nn::RecordedSteps training_steps_, evaluation_steps_;

  std::int64_t steps_ = 0, best_epoch_ = -1;
  nn::Weights best_;
  std::vector<GanEpoch> epochs_;
};

}  // namespace whiteline::gan
