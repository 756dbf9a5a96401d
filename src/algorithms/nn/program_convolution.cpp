// Convolutions, forwards and transposed.
#include "algorithms/nn/program_maker.hpp"
#include "algorithms/nn/windows.hpp"

namespace whiteline::nn {

void ProgramMaker::convolve(std::int32_t n, Activation activation, const core::Convolution& shape,
                            ConvolutionForward verb) {
  forward_call([x = x(n), shape, weights = parameter(n, ParameterRole::weights).values,
                bias = parameter(n, ParameterRole::bias).values, activation = on_device(activation),
                y = output(n), verb](core::NetworkOps& ops) {
    (ops.*verb)(x, shape, weights, bias, activation, y);
  });
}

void ProgramMaker::convolve_back(std::int32_t n, Activation activation,
                                 const core::Convolution& shape, ConvolutionBackward verb) {
  activation_backward(n, activation);
  backward_call(
      [x = x(n), shape, dz = constant(gradient(n)), weights = trained(n, ParameterRole::weights),
       descent = descent(), dx = dx(n), into = flow(n).into,
       verb](core::NetworkOps& ops) { (ops.*verb)(x, shape, dz, weights, descent, dx, into); });
}

core::Convolution ProgramMaker::convolution(std::int32_t n, const Conv1D& conv) const {
  const std::int64_t positions = node(input_of(n)).shape.positions;
  return {conv.width, conv.stride, windows(positions, conv.width, conv.stride, conv.padding).left};
}
void ProgramMaker::forward(std::int32_t n, const Conv1D& conv) {
  convolve(n, conv.activation, convolution(n, conv), &core::NetworkOps::conv1d_forward);
}
void ProgramMaker::backward(std::int32_t n, const Conv1D& conv) {
  convolve_back(n, conv.activation, convolution(n, conv), &core::NetworkOps::conv1d_backward);
}

core::Convolution ProgramMaker::convolution(std::int32_t n, const Conv1DTranspose& conv) const {
  return {conv.width, conv.stride,
          windows(node(n).shape.positions, conv.width, conv.stride, Padding::same).left};
}
void ProgramMaker::forward(std::int32_t n, const Conv1DTranspose& conv) {
  convolve(n, conv.activation, convolution(n, conv), &core::NetworkOps::conv1d_transpose_forward);
}
void ProgramMaker::backward(std::int32_t n, const Conv1DTranspose& conv) {
  convolve_back(n, conv.activation, convolution(n, conv),
                &core::NetworkOps::conv1d_transpose_backward);
}

}  // namespace whiteline::nn
