// Layers of networks, forward and backward, and the steps of their optimisers. Layers and numbers
// are those of Keras: kernels/formulas/{activation,normalise,optimizer}.hpp.
#pragma once

#include <cstdint>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/activation.hpp"
#include "formulas/optimizer.hpp"
#include "formulas/philox.hpp"

namespace whiteline::core {

using formulas::Activation;

// A batch of feature maps, channel last: row b * positions + t holds the features of position t of
// sample b. What a dense layer takes and gives has one position.
template <class View>
struct BasicFeatureMap {
  View values;
  std::int64_t positions = 1;  // divides the rows

  std::int64_t samples() const { return values.rows / positions; }
  std::int64_t features() const { return values.cols; }
};
using FeatureMap = BasicFeatureMap<MatrixView>;
using ConstFeatureMap = BasicFeatureMap<ConstMatrixView>;

// What the training of one model has come to; in device memory, all zero at first.
struct TrainingState {
  std::uint32_t step;      // steps of the optimiser done
  std::uint32_t diverged;  // 1 from the first loss that is not finite on: nothing is changed then
  std::int64_t rows;       // samples whose loss was taken since this was last zeroed
  std::int64_t hits;       // of these, classified right
  double loss;             // sum of their losses
};

// A parameter and what its optimiser keeps of it, all of one shape; a vector has one row.
struct Parameter {
  MatrixView values;
  MatrixView gradient;  // written, and nothing else, where rule is gradient_only
  MatrixView mean;      // of gradients: Adam
  MatrixView square;    // of gradients: Adam, RMSprop
};

// How parameters follow their gradients. Steps count from state->step + 1; no step is made once
// state->diverged.
struct Descent {
  formulas::DescentRule rule = formulas::DescentRule::gradient_only;
  float learning_rate = 0.0f;
  DeviceSpan<const TrainingState> state;  // one
};

// Whether a verb overwrites the gradient with respect to its input, or adds to it.
enum class Into { replace, add };

// Filters of `width` positions, one every `stride`; position t of the output sees the input from
// t * stride - left on, where there is none it is 0. Weights: (width * input features) x filters,
// row k * features + c.
struct Convolution {
  std::int64_t width = 1, stride = 1, left = 0;
};

enum class Pooling { max, average };

// As Convolution; what lies outside the input is left out of the maximum. Average: left = 0 and
// windows lie inside.
struct PoolWindow {
  Pooling kind = Pooling::max;
  std::int64_t size = 2, stride = 2, left = 0;
};

enum class NormKind { layer, batch };
enum class Pass { training, inference };

// y = after(gamma h + beta), h = (x - mean) / sqrt(variance + 1e-3), biased variances in float64:
// over the features of each row (layer), or over all rows for each feature (batch); in inference
// batch takes the moving ones. x itself may be an activation's output, before(z).
struct Norm {
  NormKind kind = NormKind::layer;
  Activation before = Activation::linear, after = Activation::linear;
  ConstMatrixView gamma, beta;  // 1 x features
  DeviceSpan<double> saved;     // mean, then 1 / sqrt(variance + 1e-3), of each row or feature
};

struct NormParameters {
  Parameter gamma, beta;
  Parameter bias;  // of z; values.data is null where z has none
};

enum class Perturbation {
  dropout,           // amount: share left out; what is kept is divided by 1 - amount
  gaussian_dropout,  // times N(1, amount / (1 - amount))
  gaussian_noise,    // plus amount * N(0, 1)
  poisson_noise,     // plus scale * Poisson(amount), amount <= 10
  translation,       // of the positions by `amount`, to one side for the whole batch
};

// Numbers are drawn for element row * columns + column, at step state->step. With the same draw,
// the backward verb is the adjoint of the forward one.
struct Perturb {
  Perturbation kind = Perturbation::dropout;
  float amount = 0.5f, scale = 1.0f;
  std::uint64_t seed = 0;
  formulas::Purpose purpose = formulas::Purpose::dropout;
  std::uint32_t layer = 0, model = 0;
  DeviceSpan<const TrainingState> state;  // one
};

// For each channel of a spectrum the same `units`: a_u = activation(weight_u x + bias_u),
// optionally normalised by batch, averaged over the channels. (The branch `per_channel` of the
// convolutional structures, with one layer.) The samples x channels x units numbers are never
// stored.
struct PointwiseBranch {
  Activation activation = Activation::linear;
  bool normalised = false;
  ConstMatrixView weights, bias;  // 1 x units
  ConstMatrixView gamma, beta;    // 1 x units; where normalised
  DeviceSpan<double> saved;       // means, then 1 / sqrt(variance + 1e-3); where normalised
  MatrixView sums;                // samples x units: sums of a over the channels
};

struct PointwiseParameters {
  Parameter weights, bias, gamma, beta;
};

enum class Loss { softmax_cross_entropy, sigmoid_cross_entropy };

// The classes of the samples of a batch.
struct Targets {
  DeviceSpan<const std::int32_t> labels;  // one a sample, 0 .. outputs - 1
  DeviceSpan<const float> class_weights;  // one a class, or empty: all 1
};

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

  // In place allowed, but for translations. A translation moves the columns where the map has one
  // position, else the positions.
  virtual void perturb_forward(ConstFeatureMap x, const Perturb& perturb, FeatureMap y) = 0;
  virtual void perturb_backward(ConstFeatureMap dy, const Perturb& perturb, FeatureMap dx) = 0;

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
  // Softmax, or sigmoids divided by their sum; of one sigmoid: 1 - p, p (`out` has 2 columns).
  virtual void class_probabilities(Loss loss, ConstMatrixView z, MatrixView out) = 0;

  // Counts a step, after all of its updates.
  virtual void end_step(DeviceSpan<TrainingState> state) = 0;
};

}  // namespace whiteline::core
