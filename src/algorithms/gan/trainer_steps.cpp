// What the networks do in each step of training, and to be judged.
#include <utility>

#include "algorithms/gan/trainer.hpp"

namespace whiteline::gan {

using formulas::Purpose;

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

void Trainer::step(std::int64_t number) {
  const Pass& pass = passes_[std::size_t(number / steps_a_pass())];
  const nn::Program& judge = judge_[pass.discriminator];
  Player& discriminator = *discriminators_[pass.discriminator];
  ops_.perturb_forward({zeros_.view().some_rows(0, batch_)},
                       latent_draw(Purpose::latent, 0, clock_), {make_.input()});
  make_.forward(ops_);
  const bool transformed = pass.transformation != Transformation::none;
  const MatrixView both = transformed ? stacked_.view() : judge.input();
  ops_.gather_batch(std::as_const(data_).view(), {},
                    std::as_const(orders_).span().part(number * batch_, batch_),
                    both.some_rows(0, batch_), {});
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

void Trainer::generate_sample() {
  constexpr std::uint32_t latent_layer = 0xffff;
  ops_.perturb_forward({zeros_.view().some_rows(0, baseline_.sample)},
                       latent_draw(Purpose::evaluation, latent_layer, evaluation_clock_),
                       {show_.input()});
  show_.forward(ops_);
  copy_rows(show_.logits(), generated_.view());
}

}  // namespace whiteline::gan
