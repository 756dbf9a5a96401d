// The 22 structures of classifiers of D. del-Pozo-Bueno et al., Ultramicroscopy 253 (2023) 113828,
// and the choices that their searches found best.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <whiteline/nn/network.hpp>
#include <whiteline/nn/optimizer.hpp>

namespace whiteline::nn {

enum class Family { dense, convolutional };
constexpr int structure_count(Family family) { return family == Family::dense ? 14 : 8; }

enum class Pooling { none, max, average };
WHITELINE_EXPORT std::string_view name(Pooling pooling);
WHITELINE_EXPORT Pooling pooling_named(std::string_view name);  // throws InvalidArgument

// What stands for a number that a structure does not have is of no effect.
//
// Dense: {dense layer, X} times `layers`, then the outputs. X of D0 nothing; D1 layer norm; D2
// batch norm; D3 layer norm in layers 1, 3, ..., batch norm in 2, 4, ...; D4 the reverse; D5 layer
// norm, dropout; D6 batch norm, dropout; D7 dropout, batch norm; D8 Gaussian dropout; D9 dropout.
// D10 to D13: two branches side by side of max(1, layers / 2) each, X layer norm; dropout; batch
// norm; nothing.
//
// Convolutional: {convolution, norm, pool} times `blocks`, head, outputs. Norm of C0 none; C1
// batch; C2 layer. C3: no norm, dense layers behind the head. C4 to C6: beside it a branch of
// `layers` dense layers; norm of both none; batch; layer. C7: a residual network of 34 layers (K.
// He et al., CVPR 2016), one-dimensional.
struct Structure {
  Family family = Family::dense;
  int number = 0;  // 0 .. structure_count(family) - 1
  Activation activation = Activation::relu;
  Output output = Output::softmax;
  std::int64_t layers = 5, units = 64;              // dense layers
  double dropout = 0.2;                             // rate
  std::int64_t blocks = 2, filters = 8, width = 3;  // convolutions; C7: filters of its first stage
  Pooling pooling = Pooling::max;
  std::int64_t pool_size = 2;
  enum class Head {
    global_average,
    flatten,
  } head = Head::global_average;  // of C0 to C6
  enum class DenseBranch {
    per_channel,  // the same layers on each channel by itself, then the average over channels
    flat,         // on the spectrum as a vector
  } dense_branch = DenseBranch::per_channel;  // of C4 to C6
  enum class ResidualHead {
    plain,
    dense,                                // `layers` dense layers before the outputs
  } residual_head = ResidualHead::plain;  // of C7
};
WHITELINE_EXPORT std::string name(const Structure& structure);  // "D10", "C5"

// Throws InvalidArgument for numbers outside their ranges, and where a convolution or pool would
// leave no position of the spectrum.
WHITELINE_EXPORT Network build(const Structure& structure, std::int64_t channels,
                               std::int64_t outputs);

// What a search of the paper found (its tables 6 and 7).
struct Preset {
  std::string_view name;  // "dense_tpe"
  std::string_view note;  // how it was found
  Structure structure;
  Optimizer optimizer;
};
WHITELINE_EXPORT std::span<const Preset> presets();
WHITELINE_EXPORT const Preset& preset(std::string_view name);  // throws InvalidArgument

}  // namespace whiteline::nn
