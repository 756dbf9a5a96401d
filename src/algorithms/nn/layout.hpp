// A network made ready to run on batches of one size: which layers run together, and where in one
// arena each table of numbers lies. Nothing is allocated here.
#pragma once

#include <whiteline/nn/network.hpp>

#include <cstdint>
#include <vector>

#include "core/ops/network.hpp"

namespace whiteline::nn {

enum class Use {
  inference,
  generation,  // as inference, but noises and translations act
  training,
  adversarial,  // training of a network that tells two batches of rows / 2 each apart, measured
                // spectra and generated ones; all outputs are kept until it has gone backward
                // twice: for the gradient of its input, and for its parameters'
};
constexpr bool goes_backward(Use use) { return use == Use::training || use == Use::adversarial; }

// A table in the arena: row r begins at offset + r * stride floats.
struct Place {
  std::int32_t buffer = -1;  // of the layout's; -1: nowhere
  std::int64_t offset = 0;   // floats; in the buffer, then in the arena
  std::int64_t stride = 0;

  bool there() const { return buffer >= 0; }
};

// The gradient that a node gives to one of its inputs.
struct Flow {
  Place to;  // nowhere: not wanted
  core::Into into = core::Into::replace;
  bool in_place = false;  // `to` is where the node's own gradient lies
};

// out = a + b: gradients from two consumers.
struct GradientSum {
  Place a, b, out;
};

struct NodePlan {
  bool absorbed = false;           // another node does its work
  bool view = false;               // its output is its input's, seen in another shape
  Place output;                    //
  std::vector<bool> copied;        // Concat: the input does not lie in its place yet
  std::int32_t norm_behind = -1;   // a norm that takes this layer's activation and bias backward
  std::int32_t branch_dense = -1;  // of an average that runs as core::PointwiseBranch: its layer,
  std::int32_t branch_norm = -1;   // and its norm, or -1
  Place branch_sums;
  std::int64_t saved = -1;  // where core::Norm::saved begins, in doubles
  std::int64_t saved_size = 0;

  // Training.
  bool has_gradient = false;  // with respect to its output
  Place gradient;
  std::vector<GradientSum> sums;  // to be made before this node goes backward
  std::vector<Flow> flows;        // one an input
};

struct Layout {
  std::int64_t rows = 0;  // samples of a batch
  Use use = Use::inference;
  std::vector<NodePlan> nodes;
  std::int64_t floats = 0, doubles = 0;  // of the arenas
};

// Throws InvalidArgument for a network whose last node gives no vector, or with a node that nothing
// uses.
WHITELINE_EXPORT Layout make_layout(const Network& network, std::int64_t rows, Use use);

}  // namespace whiteline::nn
