// Turns each layer into calls of its verbs, forward and backward.
#pragma once

#include <utility>

#include "algorithms/nn/program_views.hpp"

namespace whiteline::nn {

// The public enumerators stand in the order of the formulas'.
constexpr core::Activation on_device(Activation activation) {
  return core::Activation(int(activation));
}
static_assert(int(Activation::leaky_relu) == int(core::Activation::leaky_relu));
static_assert(int(Activation::exponential) == int(core::Activation::exponential));

class ProgramMaker : private ProgramViews {
 public:
  ProgramMaker(Program& program, const Network& network, const Layout& layout,
               DeviceParameters& parameters, const Surroundings& around)
      : ProgramViews(network, layout, parameters, around), program_(program) {}

  void make();

 private:
  enum class Backward {
    parameters,  // which follow their gradients
    input,       // of the generated half of an adversarial batch
  };

  template <class Call>
  void forward_call(Call call) {
    program_.forward_.push_back(std::move(call));
  }
  template <class Call>
  void backward_call(Call call) {
    (backward_ == Backward::input ? program_.backward_to_input_ : program_.backward_)
        .push_back(std::move(call));
  }
  void go_backward();
  void add_up(std::int32_t n, const GradientSum& sum);
  void copy_forward(const core::ConstFeatureMap& from, const core::FeatureMap& to);
  void copy_backward(const core::FeatureMap& from, const core::FeatureMap& to, core::Into into);

  // Whether node n gives its input `slot` a gradient, and has to write it.
  bool gives(std::int32_t n, std::size_t slot = 0) const {
    const bool in_vain = backward_ == Backward::parameters && shows_input(node(n).inputs[slot]);
    return flow(n, slot).to.there() && !in_vain;
  }
  // Whether node n is the input, in another shape perhaps.
  bool shows_input(std::int32_t n) const {
    return n == 0 || (plan(n).view && shows_input(input_of(n)));
  }
  bool writes(std::int32_t n, std::size_t slot = 0) const {
    return gives(n, slot) && !flow(n, slot).in_place;
  }
  // Where that gradient goes; without data where it is not wanted.
  core::FeatureMap dx(std::int32_t n, std::size_t slot = 0) const {
    const Shape& shape = node(node(n).inputs[slot]).shape;
    return gives(n, slot) ? map(flow(n, slot).to, shape) : map({}, shape);
  }
  // A parameter on the way backward, and how it follows.
  core::Parameter trained(std::int32_t n, ParameterRole role) const;
  core::Descent descent() const;

  void forward(std::int32_t, const Input&) {}
  void forward(std::int32_t, const Flatten&) {}
  void forward(std::int32_t, const Unflatten&) {}
  void forward(std::int32_t n, const Dense& dense);
  void forward(std::int32_t n, const Conv1D& conv);
  void forward(std::int32_t n, const Conv1DTranspose& conv);
  void forward(std::int32_t n, const Norm& norm);
  void forward(std::int32_t n, const Pool& pool);
  void forward(std::int32_t n, const GlobalAverage&);
  void forward(std::int32_t n, const Crop&);
  void forward(std::int32_t n, const Concat&);
  void forward(std::int32_t n, const Add& add);
  void forward(std::int32_t n, const Dropout& dropout) {
    perturb_forward(n, perturb_of(n, dropout));
  }
  void forward(std::int32_t n, const GaussianNoise& noise) {
    perturb_forward(n, perturb_of(n, noise));
  }
  void forward(std::int32_t n, const PoissonNoise& noise) {
    perturb_forward(n, perturb_of(n, noise));
  }
  void forward(std::int32_t n, const Translation& translation) {
    perturb_forward(n, perturb_of(n, translation));
  }
  void forward(std::int32_t n, const MinibatchDiscrimination& minibatch);

  void backward(std::int32_t, const Input&) {}
  void backward(std::int32_t n, const Flatten&) { reshape_backward(n); }
  void backward(std::int32_t n, const Unflatten&) { reshape_backward(n); }
  void backward(std::int32_t n, const Dense& dense);
  void backward(std::int32_t n, const Conv1D& conv);
  void backward(std::int32_t n, const Conv1DTranspose& conv);
  void backward(std::int32_t n, const Norm& norm);
  void backward(std::int32_t n, const Pool& pool);
  void backward(std::int32_t n, const GlobalAverage&);
  void backward(std::int32_t n, const Crop&);
  void backward(std::int32_t n, const Concat&);
  void backward(std::int32_t n, const Add& add);
  void backward(std::int32_t n, const Dropout& dropout) {
    perturb_backward(n, perturb_of(n, dropout));
  }
  void backward(std::int32_t n, const GaussianNoise&) { pass_on(n); }
  void backward(std::int32_t n, const PoissonNoise&) { pass_on(n); }
  void backward(std::int32_t n, const Translation& translation) {
    perturb_backward(n, perturb_of(n, translation));
  }
  void backward(std::int32_t n, const MinibatchDiscrimination& minibatch);

  // From the gradient of a layer's output to that before its activation, where it lies; not where a
  // norm behind the layer has done it.
  void activation_backward(std::int32_t n, Activation activation);
  void reshape_backward(std::int32_t n);
  void pass_on(std::int32_t n);  // the gradient, unchanged

  core::Convolution convolution(std::int32_t n, const Conv1D& conv) const;
  core::Convolution convolution(std::int32_t n, const Conv1DTranspose& conv) const;
  // By the verbs of either kind of convolution.
  using ConvolutionForward = decltype(&core::NetworkOps::conv1d_forward);
  using ConvolutionBackward = decltype(&core::NetworkOps::conv1d_backward);
  void convolve(std::int32_t n, Activation activation, const core::Convolution& shape,
                ConvolutionForward verb);
  void convolve_back(std::int32_t n, Activation activation, const core::Convolution& shape,
                     ConvolutionBackward verb);
  core::Norm norm_of(std::int32_t n, const Norm& norm) const;
  core::PointwiseBranch branch_of(std::int32_t n) const;
  core::PoolWindow all_positions(std::int32_t n) const;
  void pool_forward(std::int32_t n, const core::PoolWindow& window);
  void pool_backward(std::int32_t n, const core::PoolWindow& window);

  core::Perturb perturb_of(std::int32_t n, const Dropout& dropout) const;
  core::Perturb perturb_of(std::int32_t n, const GaussianNoise& noise) const;
  core::Perturb perturb_of(std::int32_t n, const PoissonNoise& noise) const;
  core::Perturb perturb_of(std::int32_t n, const Translation& translation) const;
  core::Perturb perturb_of(std::int32_t n, formulas::Purpose purpose) const;
  void perturb_forward(std::int32_t n, const core::Perturb& perturb);
  void perturb_backward(std::int32_t n, const core::Perturb& perturb);

  core::MinibatchKernels kernels_of(const MinibatchDiscrimination& minibatch) const;
  // One under the other in the rows that the views show.
  std::int64_t minibatches() const;

  Program& program_;
  Backward backward_ = Backward::parameters;
};

}  // namespace whiteline::nn
