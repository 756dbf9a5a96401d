// Dropout, noises, translations and minibatch discrimination: what draws random numbers, or sees
// the batch as a whole.
#include "algorithms/nn/program_maker.hpp"

namespace whiteline::nn {

std::int64_t ProgramMaker::minibatches() const {
  return layout_.use == Use::adversarial && backward_ == Backward::parameters ? 2 : 1;
}

core::Perturb ProgramMaker::perturb_of(std::int32_t n, formulas::Purpose purpose) const {
  core::Perturb perturb;
  perturb.seed = around_.seed;
  perturb.purpose = purpose;
  perturb.layer = around_.first_layer + std::uint32_t(n);
  perturb.model = around_.model;
  perturb.state = around_.state;
  perturb.minibatches = minibatches();
  constexpr std::uint32_t second_minibatch = 128;
  if (backward_ == Backward::input) perturb.attempt = second_minibatch;
  return perturb;
}
core::Perturb ProgramMaker::perturb_of(std::int32_t n, const Dropout& dropout) const {
  core::Perturb perturb = perturb_of(n, formulas::Purpose::dropout);
  perturb.kind = dropout.kind == DropoutKind::binary ? core::Perturbation::dropout
                                                     : core::Perturbation::gaussian_dropout;
  perturb.amount = float(dropout.rate);
  return perturb;
}
core::Perturb ProgramMaker::perturb_of(std::int32_t n, const GaussianNoise& noise) const {
  core::Perturb perturb = perturb_of(n, around_.purpose.value_or(formulas::Purpose::noise));
  perturb.kind = core::Perturbation::gaussian_noise;
  perturb.amount = float(noise.deviation);
  return perturb;
}
core::Perturb ProgramMaker::perturb_of(std::int32_t n, const PoissonNoise& noise) const {
  core::Perturb perturb = perturb_of(n, around_.purpose.value_or(formulas::Purpose::noise));
  perturb.kind = core::Perturbation::poisson_noise;
  perturb.amount = float(noise.mean);
  perturb.scale = float(noise.scale);
  return perturb;
}
core::Perturb ProgramMaker::perturb_of(std::int32_t n, const Translation& translation) const {
  core::Perturb perturb = perturb_of(n, around_.purpose.value_or(formulas::Purpose::translation));
  perturb.kind = core::Perturbation::translation;
  perturb.amount = float(translation.count);
  return perturb;
}

void ProgramMaker::perturb_forward(std::int32_t n, const core::Perturb& perturb) {
  forward_call([x = x(n), perturb, y = output(n)](core::NetworkOps& ops) {
    ops.perturb_forward(x, perturb, y);
  });
}
void ProgramMaker::perturb_backward(std::int32_t n, const core::Perturb& perturb) {
  if (!gives(n)) return;
  backward_call([dy = constant(gradient(n)), perturb, dx = dx(n)](core::NetworkOps& ops) {
    ops.perturb_backward(dy, perturb, dx);
  });
}

core::MinibatchKernels ProgramMaker::kernels_of(const MinibatchDiscrimination& minibatch) const {
  return {minibatch.kernels, minibatch.depth, minibatches()};
}
void ProgramMaker::forward(std::int32_t n, const MinibatchDiscrimination& minibatch) {
  forward_call([m = x(n).values, kernels = kernels_of(minibatch), o = output(n).values](
                   core::NetworkOps& ops) { ops.minibatch_forward(m, kernels, o); });
}
void ProgramMaker::backward(std::int32_t n, const MinibatchDiscrimination& minibatch) {
  if (!gives(n)) return;
  backward_call(
      [m = x(n).values, kernels = kernels_of(minibatch), dy = gradient(n).values,
       dm = dx(n).values](core::NetworkOps& ops) { ops.minibatch_backward(m, kernels, dy, dm); });
}

}  // namespace whiteline::nn
