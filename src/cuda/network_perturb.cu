#include "network_perturb.cuh"

#include <cmath>

#include "cuda/network_ops.cuh"

namespace whiteline::cuda {

namespace {

using core::Perturbation;

kernels::Draw device_draw(const core::Perturb& perturb, core::ConstFeatureMap map) {
  return {perturb.seed,
          perturb.purpose,
          perturb.layer,
          perturb.model,
          &perturb.state.data->step,
          perturb.attempt,
          map.values.rows / perturb.minibatches};
}

kernels::MovedPlaces moved_places(const core::Perturb& perturb, core::ConstFeatureMap map) {
  const bool columns = map.positions == 1;
  return {device_draw(perturb, map), columns, perturb.kind == Perturbation::random_translation,
          columns ? map.features() : map.positions, std::int64_t(perturb.amount)};
}

}  // namespace

template <class Change>
void CudaNetwork::change(const Change& change, core::ConstFeatureMap x,
                         const core::Perturb& perturb, core::FeatureMap y) {
  const kernels::Draw draw = device_draw(perturb, x);
  const std::int64_t blocks = (draw.minibatch_rows * x.features() + 3) / 4;
  launch(queue_,
         {{blocks_for(blocks, kernels::perturb_threads), unsigned(perturb.minibatches)},
          kernels::perturb_threads},
         kernels::change_elements<Change>, change, draw, table(x.values), table(y.values));
}

void CudaNetwork::scale(core::ConstFeatureMap x, const core::Perturb& perturb, core::FeatureMap y) {
  const float share = perturb.amount;
  if (perturb.kind == Perturbation::dropout)
    change(kernels::Drop{formulas::threshold_of(share), 1.0f / (1.0f - share)}, x, perturb, y);
  else
    change(kernels::TimesNormal{std::sqrt(share / (1.0f - share))}, x, perturb, y);
}

void CudaNetwork::perturb_forward(core::ConstFeatureMap x, const core::Perturb& perturb,
                                  core::FeatureMap y) {
  switch (perturb.kind) {
    case Perturbation::dropout:
    case Perturbation::gaussian_dropout:
      return scale(x, perturb, y);
    case Perturbation::gaussian_noise:
      return change(kernels::AddNormal{perturb.amount}, x, perturb, y);
    case Perturbation::poisson_noise:
      return change(
          kernels::AddPoisson{formulas::poisson_table(double(perturb.amount)), perturb.scale}, x,
          perturb, y);
    case Perturbation::translation:
    case Perturbation::random_translation:
      return each_cell(
          kernels::Translate{moved_places(perturb, x), table(x.values), table(y.values)},
          x.values.rows, x.features());
    case Perturbation::shot_noise:
      return each_cell(kernels::AddShotNoise{device_draw(perturb, x), double(perturb.amount),
                                             table(x.values), table(y.values)},
                       x.values.rows, x.features());
  }
}

void CudaNetwork::perturb_backward(core::ConstFeatureMap dy, const core::Perturb& perturb,
                                   core::FeatureMap dx) {
  const auto from = table(dy.values);
  const auto to = table(dx.values);
  switch (perturb.kind) {
    case Perturbation::dropout:
    case Perturbation::gaussian_dropout:
      return scale(dy, perturb, dx);
    case Perturbation::gaussian_noise:
    case Perturbation::poisson_noise:
    case Perturbation::shot_noise:
      if (to.data != from.data) each_cell(kernels::CopyElements{from, to}, from.rows, from.cols);
      return;
    case Perturbation::translation:
    case Perturbation::random_translation:
      return each_cell(kernels::TranslateBack{moved_places(perturb, dy), from, to}, from.rows,
                       from.cols);
  }
}

}  // namespace whiteline::cuda
