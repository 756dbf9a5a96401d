// Fills the table of one instruction set. Only for network_kernels_*.cpp.
#pragma once

#include "cpu/activation_kernels.hpp"
#include "cpu/conv1d_kernels.hpp"
#include "cpu/minibatch_kernels.hpp"
#include "cpu/norm_kernels.hpp"
#include "cpu/perturb_kernels.hpp"
#include "cpu/pointwise_kernels.hpp"
#include "cpu/pool_kernels.hpp"

namespace whiteline::cpu {

template <class F, class W, class Shape>
constexpr NetworkKernels make_network_kernels() {
  return {.tile_columns = Shape::columns,
          .finish_dense = finish_dense<F, Shape>,
          .follow = follow<F>,
          .activate = activate<F>,
          .activation_backward = activation_backward<F>,
          .add = add_activated<F>,
          .add_to = add_to<F>,
          .column_moments = column_moments<F>,
          .normalise = normalise<F>,
          .norm_sums = norm_sums<F>,
          .norm_row_means = norm_row_means<F>,
          .norm_backward = norm_backward<F>,
          .lanes = F::lanes,
          .convolve = convolve<F, Shape>,
          .correlate = correlate<F, Shape>,
          .pool = pool<F>,
          .pool_backward = pool_backward<F>,
          .pointwise_sums = pointwise_sums<F>,
          .pointwise_gradients = pointwise_gradients<F>,
          .minibatch_sums = minibatch_sums<F>,
          .minibatch_gradients = minibatch_gradients<F>,
          .draw = draw<F, W>,
          .draw_normals = draw_normals<F, W>,
          .drop = drop<F, W>,
          .add_poisson = add_poisson<F, W>,
          .add_scaled = add_scaled<F>,
          .scale_around_one = scale_around_one<F>};
}

}  // namespace whiteline::cpu
