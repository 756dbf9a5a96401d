// What the verbs of networks work on: feature maps, parameters and their optimisers, layers.
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

// With x the input, and the numbers drawn as Perturb says.
enum class Perturbation {
  dropout,             // amount: share left out; what is kept is divided by 1 - amount
  gaussian_dropout,    // times N(1, amount / (1 - amount))
  gaussian_noise,      // plus amount * N(0, 1)
  poisson_noise,       // plus scale * Poisson(amount), amount <= 10
  translation,         // of the positions by `amount`, to one side for all rows (word 0)
  random_translation,  // by 1 .. `amount` positions for all rows (word 0), to one side (word 1)
  // x + (Poisson(q max(x, 0)) - q max(x, 0)) / q: counts where `amount` / f^2 = q of them make 1; f
  // in [.5, 1.5] drawn for all rows as word 0 of layer 0, the counts as formulas::poisson does it.
  shot_noise,
};

// Numbers are drawn for element row * columns + column, at step state->step. With the same draw,
// the backward verb is the adjoint of the forward one; noise that is added lets gradients pass.
// Gaussian noise on zeros makes latent vectors.
struct Perturb {
  Perturbation kind = Perturbation::dropout;
  float amount = 0.5f, scale = 1.0f;
  std::uint64_t seed = 0;
  formulas::Purpose purpose = formulas::Purpose::dropout;
  std::uint32_t layer = 0, model = 0;
  DeviceSpan<const TrainingState> state;  // one
  // Minibatches of equal size, one under the other. Elements count from the first row of each, and
  // the second draws with attempt + 128; what is drawn for all rows has attempt 0.
  std::int64_t minibatches = 1;  // 1 or 2
  std::uint32_t attempt = 0;     // of the first; 128: what would be a second one, by itself
};

// Minibatch discrimination (T. Salimans et al., "Improved techniques for training GANs", NIPS
// 2016). Column k * depth + d of m is number d of kernel k; o_ik = the sum over the rows j of i's
// minibatch, i among them, of exp(-sum_d |m_ikd - m_jkd|), in one chain of ascending j.
struct MinibatchKernels {
  std::int64_t kernels = 1, depth = 1;
  std::int64_t minibatches = 1;  // of equal size, one under the other
};

// What a discriminator is to say of minibatches of equal size, one under the other: a probability
// each.
struct AdversarialTargets {
  std::int64_t minibatches = 1;  // 1 or 2
  float targets[2] = {1.0f, 0.0f};
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

}  // namespace whiteline::core
