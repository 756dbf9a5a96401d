#include "algorithms/gan/trainer.hpp"

#include <whiteline/augment.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "algorithms/nn/draws.hpp"
#include "core/seconds.hpp"
#include "core/to_host.hpp"

namespace whiteline::gan {

namespace {

using formulas::Purpose;

// Channels that the generator's translations move by, 1 to 6.
std::int64_t drawn_translation(const GanParams& params) {
  constexpr std::uint32_t layer = 0xffff, most = 6;
  const std::uint32_t word =
      formulas::philox_block(params.seed, 0, 0, layer, Purpose::init, params.model).word[0];
  return 1 + std::int64_t((std::uint64_t(word) * most) >> 32);
}

Matrix zeros(const Context& ctx, std::int64_t rows, std::int64_t columns) {
  const std::vector<float> values(std::size_t(rows * columns), 0.0f);
  return Matrix::from_host(ctx, {values.data(), rows, columns});
}

std::vector<std::int32_t> counting(std::int64_t count) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// `factor`: losses that make one step's.
double mean_loss(const core::TrainingState& counts, double factor) {
  return counts.diverged || counts.rows == 0 ? std::numeric_limits<double>::quiet_NaN()
                                             : factor * counts.loss / double(counts.rows);
}

}  // namespace

std::vector<Trainer::Pass> Trainer::passes_of(GanDesign design) {
  const bool multi = design == GanDesign::multi_mono_trans || design == GanDesign::multi_bi_trans;
  const bool bi = design == GanDesign::single_bi_trans || design == GanDesign::multi_bi_trans;
  std::vector<Pass> passes = {{0, Transformation::none, 0, true},
                              {1, Transformation::energy_shift, multi ? 1u : 0u, true}};
  if (bi) passes.push_back({2, Transformation::noise, multi ? 2u : 0u, true});
  passes.push_back({3, Transformation::none, 0, false});
  return passes;
}

Trainer::Trainer(const Context& ctx, const GanParams& params, const TrainingSpectra& spectra)
    : ctx_(ctx),
      params_(params),
      spectra_(spectra),
      ops_(nn::network_ops(ctx)),
      batch_(std::min(params.batch, spectra.rows)),
      passes_(passes_of(params.design)),
      baseline_(baseline_of(spectra, params.seed)),
      tolerances_(params.tolerances.value_or(baseline_.tolerances)),
      electrons_(estimated_electrons(spectra.view())),
      generator_(ctx, gan_generator(params.structure, spectra.channels, drawn_translation(params)),
                 params.generator_rate, 0),
      clock_(nn::new_state(ctx)),
      evaluation_clock_(nn::new_state(ctx)),
      data_(Matrix::from_host(ctx, spectra.view())),
      stacked_(ctx, 2 * batch_, spectra.channels),
      zeros_(zeros(ctx, std::max(batch_, baseline_.sample), params.structure.latent)),
      generated_(ctx, baseline_.sample, spectra.channels),
      orders_(ctx, std::ssize(passes_) * steps_a_pass() * batch_),
      counting_(ctx, counting(std::max(batch_, baseline_.sample))),
      make_layout_(make_layout(generator_.network, batch_, nn::Use::training)),
      judge_layout_(make_layout(gan_discriminator(params.structure, spectra.channels), 2 * batch_,
                                nn::Use::adversarial)),
      show_layout_(
          make_layout(generator_.network, baseline_.sample,
                      params.noise_at_evaluation ? nn::Use::generation : nn::Use::inference)),
      generator_space_(ctx, {&make_layout_, &show_layout_}),
      discriminator_space_(ctx, {&judge_layout_}) {
  begin();
}

void Trainer::begin() {
  std::uint32_t first_layer = generator_.end_layer();
  for (int d = 0; d < discriminator_count(params_.design); ++d) {
    discriminators_.push_back(
        std::make_unique<Player>(ctx_, gan_discriminator(params_.structure, spectra_.channels),
                                 params_.discriminator_rate, first_layer));
    first_layer = discriminators_.back()->end_layer();
  }
  make_ = nn::Program(generator_.network, make_layout_, generator_.parameters,
                      generator_.surroundings(generator_space_, clock_, params_));
  nn::Surroundings shown = generator_.surroundings(generator_space_, evaluation_clock_, params_);
  shown.purpose = Purpose::evaluation;
  show_ = nn::Program(generator_.network, show_layout_, generator_.parameters, shown);
  for (const auto& player : discriminators_)
    judge_.emplace_back(player->network, judge_layout_, player->parameters,
                        player->surroundings(discriminator_space_, clock_, params_));
  const auto start = [&](Player& player) {
    player.parameters.write(
        initial_weights(player.network, params_.seed, params_.model, player.first_layer));
  };
  if (!params_.resume) {
    start(generator_);
    for (const auto& player : discriminators_) start(*player);
    return;
  }
  const GanCheckpoint& from = *params_.resume;
  generator_.resume(from.generator);
  for (std::size_t d = 0; d < discriminators_.size(); ++d)
    discriminators_[d]->resume(from.discriminators[d]);
  steps_ = from.steps;
  core::TrainingState clock{};
  clock.step = std::uint32_t(steps_);
  clock_.write(0, {&clock, 1});
  epochs_ = from.epochs;
  best_epoch_ = from.best_epoch;
  best_ = from.best;
}

GanRun Trainer::run() {
  const auto start = std::chrono::steady_clock::now();
  GanRun run;
  for (bool goes_on = epochs_.empty() || note(run);
       goes_on && std::ssize(epochs_) < params_.epochs;) {
    epochs_.push_back(run_epoch());
    goes_on = note(run);
    if (params_.on_epoch) params_.on_epoch(epochs_.back(), [&] { return checkpoint(); });
  }
  run.generator = generator_.network;
  run.weights = generator_.parameters.read();
  run.best = best_epoch_ >= 0 ? best_ : run.weights;
  run.best_epoch = best_epoch_;
  run.epochs = epochs_;
  run.tolerances = tolerances_;
  run.real_pairs = baseline_.medians;
  run.sample = baseline_.sample;
  run.scale = spectra_.mean_maximum;
  run.seconds = core::seconds_since(start);
  return run;
}

bool Trainer::note(GanRun& run) {
  const GanEpoch& epoch = epochs_.back();
  bool finite = std::isfinite(epoch.generator_loss);
  for (const double loss : epoch.discriminator_losses) finite = finite && std::isfinite(loss);
  if (!finite) {
    run.status = GanStatus::diverged;
    return false;
  }
  if (!epoch.metrics) return true;
  const bool is_best = best_epoch_ < 0 ||
                       epoch.metrics->frechet < epochs_[std::size_t(best_epoch_)].metrics->frechet;
  if (is_best) {
    best_epoch_ = std::ssize(epochs_) - 1;
    best_ = generator_.parameters.read();
  }
  if (!meets(*epoch.metrics, tolerances_)) return true;
  run.status = GanStatus::converged;
  return false;
}

GanEpoch Trainer::run_epoch() {
  write_orders();
  run_passes();
  GanEpoch epoch;
  epoch.generator_loss = mean_loss(take_counts(generator_.state), 1.0);
  for (const auto& player : discriminators_)  // of two minibatches a step
    epoch.discriminator_losses.push_back(mean_loss(take_counts(player->state), 2.0));
  if (is_evaluated(std::ssize(epochs_))) epoch.metrics = evaluate(std::uint32_t(epochs_.size()));
  return epoch;
}

bool Trainer::is_evaluated(std::int64_t epoch) const {
  return (epoch + 1) % params_.evaluate_every == 0 || epoch + 1 == params_.epochs;
}

void Trainer::write_orders() {
  std::vector<std::int64_t> rows(std::size_t(spectra_.rows));
  std::iota(rows.begin(), rows.end(), 0);
  const auto length = std::size_t(steps_a_pass() * batch_);
  std::vector<std::int32_t> orders;
  for (const Pass& pass : passes_) {
    const std::vector<std::int64_t> order = nn::epoch_order(
        rows, params_.seed, std::uint32_t(4 * epochs_.size()) + pass.number, params_.model);
    for (std::size_t i = 0; i < length; ++i)
      orders.push_back(std::int32_t(order[i % order.size()]));
  }
  orders_.write(0, orders);
}

void Trainer::run_passes() {
  const std::int64_t count = std::ssize(passes_) * steps_a_pass();
  const auto total = std::uint64_t(params_.epochs * count);
  training_steps_.run(
      ctx_.queue(), count, [&](std::int64_t number) { step(number); },
      [&](std::int64_t number) {
        report(params_.progress, "train", std::uint64_t(steps_ + number), total);
      });
  steps_ += count;
}

GanMetrics Trainer::evaluate(std::uint32_t epoch) {
  core::TrainingState clock{};
  clock.step = epoch;
  evaluation_clock_.write(0, {&clock, 1});
  evaluation_steps_.run(ctx_.queue(), 1, [&](std::int64_t) { generate_sample(); });
  const std::vector<float> generated = core::to_host(generated_);
  for (const float value : generated)
    if (!std::isfinite(value)) return {INFINITY, -1.0, 2.0};
  const std::vector<float> measured =
      real_sample(spectra_, baseline_.sample, params_.seed, epoch, params_.model);
  return metrics_of({measured.data(), baseline_.sample, spectra_.channels},
                    {generated.data(), baseline_.sample, spectra_.channels});
}

GanCheckpoint Trainer::checkpoint() const {
  GanCheckpoint out;
  out.generator = generator_.checkpoint();
  for (const auto& player : discriminators_) out.discriminators.push_back(player->checkpoint());
  out.steps = steps_;
  out.epochs = epochs_;
  out.best_epoch = best_epoch_;
  out.best = best_;
  return out;
}

}  // namespace whiteline::gan
