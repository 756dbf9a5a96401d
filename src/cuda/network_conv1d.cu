#include "network_conv1d.cuh"

#include <limits>

#include "cuda/network_multiply.cuh"

namespace whiteline::cuda {

namespace {

kernels::MapRows map_rows(core::ConstFeatureMap map) {
  require(map.values.rows <= std::numeric_limits<std::int32_t>::max(),
          "cannot run a convolution on the GPU (a batch has more than 2^31 - 1 positions) lower "
          "the number of rows in a batch");
  return {map.values.data, map.values.stride, int(map.positions)};
}

// Runs of a row of `view` start at multiples of four numbers.
bool has_quads(ConstMatrixView view) { return table(view).has_quads() && view.cols % 4 == 0; }

// What the outputs see.
kernels::TapLines<kernels::WindowRows> windows(core::ConstFeatureMap x,
                                               const core::Convolution& shape,
                                               core::ConstFeatureMap y) {
  return {{map_rows(x), int(y.positions), int(shape.stride), int(shape.left)},
          y.values.rows,
          int(shape.width),
          int(x.features()),
          has_quads(x.values)};
}

// y, or what `finish` makes of it, as the outputs' windows times the weights.
template <class Finish>
void convolve(CudaQueue& queue, core::ConstFeatureMap x, const core::Convolution& shape,
              ConstMatrixView weights, core::FeatureMap y, const Finish& finish) {
  using Windows = kernels::TapLines<kernels::WindowRows>;
  multiply(queue, kernels::ByRow<Windows>{windows(x, shape, {y.values, y.positions})},
           kernels::ByDepth<kernels::TableLines>{lines(weights)}, y.values.rows, y.features(),
           weights.rows, 1, finish);
}

// The adjoint: y's features are those that the weights take.
template <class Finish>
void convolve_transposed(CudaQueue& queue, core::ConstFeatureMap x, const core::Convolution& shape,
                         ConstMatrixView weights, core::FeatureMap y, const Finish& finish) {
  using Gradients = kernels::TapLines<kernels::GradientRows>;
  using Weights = kernels::TapLines<kernels::WeightRows>;
  const int width = int(shape.width), inner = int(x.features());
  const kernels::GradientRows rows{map_rows(x), int(y.positions), int(shape.stride),
                                   int(shape.left)};
  multiply(queue,
           kernels::ByRow<Gradients>{{rows, y.values.rows, width, inner, has_quads(x.values)}},
           kernels::ByRow<Weights>{{{weights.data, weights.stride, int(y.features())},
                                    y.features(),
                                    width,
                                    inner,
                                    has_quads(weights)}},
           y.values.rows, y.features(), shape.width * x.features(), 1, finish);
}

kernels::ActivateSums activate_sums(ConstMatrixView bias, Activation activation,
                                    core::FeatureMap y) {
  return {table(y.values), table(y.values).has_quads(), bias.data, activation};
}

kernels::AddSums add_sums(core::FeatureMap to, core::Into into) {
  return {table(to.values), table(to.values).has_quads(), into == core::Into::add};
}

}  // namespace

// The weights follow the windows of x times dz.
void CudaNetwork::follow_windows(core::ConstFeatureMap x, const core::Convolution& shape,
                                 core::ConstFeatureMap dz, const core::Parameter& weights,
                                 const core::Descent& descent) {
  using Windows = kernels::TapLines<kernels::WindowRows>;
  follow_products(kernels::ByDepth<Windows>{windows(x, shape, dz)},
                  kernels::ByDepth<kernels::TableLines>{lines(dz.values)}, weights, dz.values.rows,
                  descent);
}

void CudaNetwork::conv1d_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                                 ConstMatrixView weights, ConstMatrixView bias,
                                 Activation activation, core::FeatureMap y) {
  convolve(queue_, x, shape, weights, y, activate_sums(bias, activation, y));
}

void CudaNetwork::conv1d_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                                  core::ConstFeatureMap dz, const core::Parameter& weights,
                                  const core::Descent& descent, core::FeatureMap dx,
                                  core::Into into) {
  if (dx.values.data)
    convolve_transposed(queue_, dz, shape, weights.values, dx, add_sums(dx, into));
  follow_windows(x, shape, dz, weights, descent);
}

void CudaNetwork::conv1d_transpose_forward(core::ConstFeatureMap x, const core::Convolution& shape,
                                           ConstMatrixView weights, ConstMatrixView bias,
                                           Activation activation, core::FeatureMap y) {
  convolve_transposed(queue_, x, shape, weights, y, activate_sums(bias, activation, y));
}

// The weights meet the same pairs as those of the convolution of dz do.
void CudaNetwork::conv1d_transpose_backward(core::ConstFeatureMap x, const core::Convolution& shape,
                                            core::ConstFeatureMap dz,
                                            const core::Parameter& weights,
                                            const core::Descent& descent, core::FeatureMap dx,
                                            core::Into into) {
  if (dx.values.data) convolve(queue_, dz, shape, weights.values, dx, add_sums(dx, into));
  follow_windows(dz, shape, x, weights, descent);
}

}  // namespace whiteline::cuda
