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
struct Unflatten {};      // of a vector: each feature becomes a position with one feature
struct Concat {};         // features of two or more inputs, one after another

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

using Layer = std::variant<Input, Dense, Conv1D, Norm, Pool, GlobalAverage, Flatten, Unflatten,
                           Concat, Add, Dropout>;
WHITELINE_EXPORT std::string_view kind(const Layer& layer);  // "global_average"

}  // namespace whiteline::nn
