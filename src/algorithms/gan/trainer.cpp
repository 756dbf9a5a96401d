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
      order_(ctx, steps_a_pass() * batch_),
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
  for (const Pass& pass : passes_) run_pass(pass);
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

void Trainer::run_pass(const Pass& pass) {
  std::vector<std::int64_t> rows(std::size_t(spectra_.rows));
  std::iota(rows.begin(), rows.end(), 0);
  const std::vector<std::int64_t> order = nn::epoch_order(
      rows, params_.seed, std::uint32_t(4 * epochs_.size()) + pass.number, params_.model);
  std::vector<std::int32_t> filled(std::size_t(order_.size()));
  for (std::size_t i = 0; i < filled.size(); ++i) filled[i] = std::int32_t(order[i % order.size()]);
  order_.write(0, filled);
  const auto total = std::uint64_t(params_.epochs * std::ssize(passes_) * steps_a_pass());
  for (std::int64_t batch = 0; batch < steps_a_pass(); ++batch) {
    report(params_.progress, "train", std::uint64_t(steps_), total);
    step(pass, batch * batch_);
    ++steps_;
  }
}

core::Perturb Trainer::latent_draw(Purpose purpose, std::uint32_t layer,
                                   const core::Buffer<core::TrainingState>& clock) const {
  core::Perturb draw{core::Perturbation::gaussian_noise, 1.0f, 1.0f, params_.seed};
  draw.purpose = purpose;
  draw.layer = layer;
  draw.model = params_.model;
  draw.state = clock.span();
  return draw;
}

core::Perturb Trainer::perturb_of(Transformation transformation) const {
  constexpr float largest_shift = 10.0f;  // channels
  core::Perturb perturb = latent_draw(Purpose::energy_shift, 0, clock_);
  perturb.kind = core::Perturbation::random_translation;
  perturb.amount = largest_shift;
  if (transformation == Transformation::noise) {
    const bool shot = params_.noise == GanNoise::shot;
    perturb.purpose = Purpose::shot_noise;
    perturb.layer = 1;
    perturb.kind = shot ? core::Perturbation::shot_noise : core::Perturbation::poisson_noise;
    perturb.amount = shot ? float(electrons_) : 0.5f;
    perturb.scale = 0.15f;
  }
  perturb.minibatches = 2;
  return perturb;
}

void Trainer::copy_rows(ConstMatrixView from, MatrixView to) {
  ops_.gather_batch(from, {}, std::as_const(counting_).span().part(0, from.rows), to, {});
}

void Trainer::step(const Pass& pass, std::int64_t first) {
  const nn::Program& judge = judge_[pass.discriminator];
  Player& discriminator = *discriminators_[pass.discriminator];
  ops_.perturb_forward({zeros_.view().some_rows(0, batch_)},
                       latent_draw(Purpose::latent, 0, clock_), {make_.input()});
  make_.forward(ops_);
  const bool transformed = pass.transformation != Transformation::none;
  const MatrixView both = transformed ? stacked_.view() : judge.input();
  ops_.gather_batch(std::as_const(data_).view(), {},
                    std::as_const(order_).span().part(first, batch_), both.some_rows(0, batch_),
                    {});
  copy_rows(make_.logits(), both.some_rows(batch_, batch_));
  if (transformed) ops_.perturb_forward({both}, perturb_of(pass.transformation), {judge.input()});
  judge.forward(ops_);
  if (pass.trains_generator) judge_as_real(pass, judge);
  ops_.adversarial_loss(judge.logits(), {2, {float(params_.real_target), 0.0f}},
                        discriminator.state.span(), judge.logits_gradient());
  judge.backward(ops_);
  ops_.end_step(discriminator.state.span());
  if (pass.trains_generator) {
    make_.backward(ops_);
    ops_.end_step(generator_.state.span());
  }
  ops_.end_step(clock_.span());
}

void Trainer::judge_as_real(const Pass& pass, const nn::Program& judge) {
  ops_.adversarial_loss(judge.logits().some_rows(batch_, batch_), {1, {1.0f, 0.0f}},
                        generator_.state.span(), judge.logits_gradient().some_rows(batch_, batch_));
  judge.backward_to_input(ops_);
  if (pass.transformation != Transformation::energy_shift)  // noise lets gradients pass
    return copy_rows(judge.input_gradient(), make_.logits_gradient());
  core::Perturb shift = perturb_of(pass.transformation);
  shift.minibatches = 1;
  ops_.perturb_backward({judge.input_gradient()}, shift, {make_.logits_gradient()});
}

GanMetrics Trainer::evaluate(std::uint32_t epoch) {
  constexpr std::uint32_t latent_layer = 0xffff;
  core::TrainingState clock{};
  clock.step = epoch;
  evaluation_clock_.write(0, {&clock, 1});
  ops_.perturb_forward({zeros_.view().some_rows(0, baseline_.sample)},
                       latent_draw(Purpose::evaluation, latent_layer, evaluation_clock_),
                       {show_.input()});
  show_.forward(ops_);
  copy_rows(show_.logits(), generated_.view());
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
