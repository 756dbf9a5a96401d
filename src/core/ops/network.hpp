// Layers of networks, forward and backward, and the steps of their optimisers. Layers and numbers
// are those of Keras: kernels/formulas/{activation,loss,optimizer}.hpp.
#pragma once

#include "core/ops/network_layers.hpp"

namespace whiteline::core {

// Sums run in an order fixed by the shapes alone. Activations are taken from their outputs, which
// determine the derivatives. Outputs do not overlap inputs unless "in place" is allowed.
class WHITELINE_EXPORT NetworkOps {
 public:
  virtual ~NetworkOps() = default;

  // Row i of `out` becomes row order[i] of `data`, label i of `out_labels` labels[order[i]]; no
  // labels where these spans are empty.
  virtual void gather_batch(ConstMatrixView data, DeviceSpan<const std::int32_t> labels,
                            DeviceSpan<const std::int32_t> order, MatrixView out,
                            DeviceSpan<std::int32_t> out_labels) = 0;

  // y = activation(x weights + bias); weights: inputs x units, bias: 1 x units, or null data.
  virtual void dense_forward(ConstMatrixView x, ConstMatrixView weights, ConstMatrixView bias,
                             Activation activation, MatrixView y) = 0;
  // From dz, the gradient with respect to x weights + bias: dx = dz weights' (null data: not
  // wanted), taken before the weights follow their gradient x' dz.
  virtual void dense_backward(ConstMatrixView x, ConstMatrixView dz, const Parameter& weights,
                              const Descent& descent, MatrixView dx, Into into) = 0;

  // The same for a convolution.
  virtual void conv1d_forward(ConstFeatureMap x, const Convolution& shape, ConstMatrixView weights,
                              ConstMatrixView bias, Activation activation, FeatureMap y) = 0;
  virtual void conv1d_backward(ConstFeatureMap x, const Convolution& shape, ConstFeatureMap dz,
                               const Parameter& weights, const Descent& descent, FeatureMap dx,
                               Into into) = 0;

  // The adjoint of a convolution from y's positions to x's, y's features to x's: weights of (width
  // * y's features) x x's features; y = activation(that of x + bias).
  virtual void conv1d_transpose_forward(ConstFeatureMap x, const Convolution& shape,
                                        ConstMatrixView weights, ConstMatrixView bias,
                                        Activation activation, FeatureMap y) = 0;
  virtual void conv1d_transpose_backward(ConstFeatureMap x, const Convolution& shape,
                                         ConstFeatureMap dz, const Parameter& weights,
                                         const Descent& descent, FeatureMap dx, Into into) = 0;

  // dz = dy activation'(y), in place allowed; the bias follows the column sums of dz (null data:
  // there is none).
  virtual void activation_backward(ConstMatrixView y, Activation activation, ConstMatrixView dy,
                                   const Parameter& bias, const Descent& descent,
                                   MatrixView dz) = 0;

  // In training the statistics go to norm.saved, and `moving` (2 x features: mean, variance; null
  // data for layers) becomes .99 moving + .01 of the batch's, unless state->diverged.
  virtual void norm_forward(ConstMatrixView x, const Norm& norm, Pass pass, MatrixView moving,
                            DeviceSpan<const TrainingState> state, MatrixView y) = 0;
  // dz, the gradient with respect to z, from that with respect to y, in training; in place allowed.
  virtual void norm_backward(ConstMatrixView x, ConstMatrixView y, const Norm& norm,
                             const NormParameters& parameters, const Descent& descent,
                             ConstMatrixView dy, MatrixView dz) = 0;

  virtual void pool_forward(ConstFeatureMap x, const PoolWindow& window, FeatureMap y) = 0;
  // A maximum's gradient goes to the first of equal elements.
  virtual void pool_backward(ConstFeatureMap x, const PoolWindow& window, ConstFeatureMap dy,
                             FeatureMap dx, Into into) = 0;

  // y = activation(a + b).
  virtual void add(ConstMatrixView a, ConstMatrixView b, Activation activation, MatrixView y) = 0;

  // In place allowed, but for translations. These move the columns where the map has one position,
  // else the positions.
  virtual void perturb_forward(ConstFeatureMap x, const Perturb& perturb, FeatureMap y) = 0;
  virtual void perturb_backward(ConstFeatureMap dy, const Perturb& perturb, FeatureMap dx) = 0;

  // m: rows x (kernels * depth); o: rows x kernels.
  virtual void minibatch_forward(ConstMatrixView m, const MinibatchKernels& shape,
                                 MatrixView o) = 0;
  // dm_ikd = -sum_j (do_ik + do_jk) exp(-sum_d |m_ikd - m_jkd|) sgn(m_ikd - m_jkd), j ascending,
  // sgn 0 = 0.
  virtual void minibatch_backward(ConstMatrixView m, const MinibatchKernels& shape,
                                  ConstMatrixView output_gradient, MatrixView dm) = 0;

  // x: samples x channels; y: samples x units. `moving` as in norm_forward.
  virtual void pointwise_forward(ConstMatrixView x, const PointwiseBranch& branch, Pass pass,
                                 MatrixView moving, DeviceSpan<const TrainingState> state,
                                 MatrixView y) = 0;
  // The gradient with respect to x is not given: x is the spectrum.
  virtual void pointwise_backward(ConstMatrixView x, const PointwiseBranch& branch,
                                  const PointwiseParameters& parameters, const Descent& descent,
                                  ConstMatrixView dy) = 0;

  // Adds the batch to state's rows, hits and loss (of a sample: softmax_cross_entropy
  // logsumexp(z) - z_label; sigmoid_cross_entropy the mean over the outputs; times the weight of
  // its class), sets diverged, and writes the gradient of the mean over the batch; dz with null
  // data: not wanted. A hit: the label's logit is the largest, the first of equal ones; of one
  // output: label 1 where z > 0.
  virtual void loss_gradient(Loss loss, ConstMatrixView z, const Targets& targets,
                             DeviceSpan<TrainingState> state, MatrixView dz) = 0;
  // The same for sigmoids whose target is that of their minibatch: the loss is that of
  // sigmoid_cross_entropy, the gradient that of the sum of the minibatches' means. A hit: z > 0
  // for a target above 1/2, else z <= 0, at the first output.
  virtual void adversarial_loss(ConstMatrixView z, const AdversarialTargets& targets,
                                DeviceSpan<TrainingState> state, MatrixView dz) = 0;
  // Softmax, or sigmoids divided by their sum; of one sigmoid: 1 - p, p (`out` has 2 columns).
  virtual void class_probabilities(Loss loss, ConstMatrixView z, MatrixView out) = 0;

  // Counts a step, after all of its updates.
  virtual void end_step(DeviceSpan<TrainingState> state) = 0;
};

}  // namespace whiteline::core
