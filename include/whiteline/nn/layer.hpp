// Layers of networks, with Keras's definitions. A network is a graph of them (network.hpp).
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <whiteline/error.hpp>

namespace whiteline::nn {

// What a layer makes of one spectrum: `features` numbers at each of `positions`; a vector has one
// position.
struct Shape {
  std::int64_t positions = 1, features = 0;

  std::int64_t size() const { return positions * features; }
  bool operator==(const Shape&) const = default;
};

enum class Activation {
  linear,
  relu,
  sigmoid,
  tanh,
  elu,   // of alpha 1
  selu,  // G. Klambauer et al., "Self-normalizing neural networks", NIPS 2017
  exponential,
  leaky_relu,  // of slope 0.3
};
WHITELINE_EXPORT std::string_view name(Activation activation);        // "leaky_relu"
WHITELINE_EXPORT Activation activation_named(std::string_view name);  // throws InvalidArgument

// The prepared spectrum, a vector: node 0 of every network, and of none but it.
struct Input {
  std::int64_t channels = 0;
};

// y = activation(x W + b) at each position. W begins uniform within sqrt(6 / (inputs + units))
// (X. Glorot and Y. Bengio, AISTATS 2010), b at 0.
struct Dense {
  std::int64_t units = 1;
  Activation activation = Activation::linear;
  bool bias = true;
};

enum class Padding {
  valid,  // windows lie inside
  same,   // zeros around, the odd one behind: ceil(positions / stride) windows
};

// Each of `filters` sees `width` positions, every `stride`. W begins as a dense layer's, of
// width * features inputs and width * filters units.
struct Conv1D {
  std::int64_t filters = 1, width = 3, stride = 1;
  Padding padding = Padding::valid;
  Activation activation = Activation::linear;
  bool bias = true;
};

// The adjoint of a Conv1D of padding `same` that gives `positions` of positions * stride, then the
// activation: each position sees the filters that lie on it. W begins as a convolution's.
struct Conv1DTranspose {
  std::int64_t filters = 1, width = 5, stride = 2;
  Activation activation = Activation::linear;
  bool bias = true;
};

enum class NormKind {
  layer,  // over the features of a position
  batch,  // over the spectra of a batch and their positions, a feature by itself; in use by moving
          // statistics, 0.99 of what they were and 0.01 of the batch's after each step
};

// y = activation(gamma h + beta), h = (x - mean) / sqrt(variance + 1e-3), biased variances.
struct Norm {
  NormKind kind = NormKind::layer;
  Activation activation = Activation::linear;
};

enum class PoolKind { max, average };

// Of `size` positions, every `stride`; what is left over at the end is dropped. `same`, with the
// maximum only: what lies outside is left out.
struct Pool {
  PoolKind kind = PoolKind::max;
  std::int64_t size = 2, stride = 2;
  Padding padding = Padding::valid;
};

struct GlobalAverage {};  // over the positions
struct Flatten {};        // to a vector: feature f of position t becomes t * features + f

// Of a vector: each `features` numbers become a position.
struct Unflatten {
  std::int64_t features = 1;
};

struct Crop {  // to the first `positions`
  std::int64_t positions = 1;
};

struct Concat {};  // features of two or more inputs, one after another

// activation(a + b), of two inputs of the same shape.
struct Add {
  Activation activation = Activation::linear;
};

enum class DropoutKind {
  binary,    // a number becomes 0 with probability `rate`, else is divided by 1 - rate
  gaussian,  // a number is multiplied by one of mean 1 and variance rate / (1 - rate)
};

struct Dropout {      // acts in training only
  double rate = 0.5;  // 0 <= rate < 1
  DropoutKind kind = DropoutKind::binary;
};

// Noises and translations act in training, and where a network makes spectra that shall have them.

struct GaussianNoise {     // adds deviation * N(0, 1), drawn for each number
  double deviation = 0.1;  // >= 0
};

struct PoissonNoise {              // adds scale * Poisson(mean), whatever the number is
  double mean = 0.5, scale = 1.0;  // 0 < mean <= 10
};

// Moves a vector's features, else the positions, by `count` to one side, the same for the whole
// batch: y_i = x_(i + count), or x_(i - count), and x_i where there is none.
struct Translation {
  std::int64_t count = 1;  // 1 <= count < features, or positions
};

// Of vectors m of kernels * depth numbers in a batch, o_ik = sum over j of
// exp(-sum over d of |m_ikd - m_jkd|): how alike the batch is (T. Salimans et al., NIPS 2016).
struct MinibatchDiscrimination {
  std::int64_t kernels = 100, depth = 5;
};

using Layer = std::variant<Input, Dense, Conv1D, Norm, Pool, GlobalAverage, Flatten, Unflatten,
                           Concat, Add, Dropout, Conv1DTranspose, Crop, GaussianNoise, PoissonNoise,
                           Translation, MinibatchDiscrimination>;
WHITELINE_EXPORT std::string_view kind(const Layer& layer);  // "global_average"

}  // namespace whiteline::nn
