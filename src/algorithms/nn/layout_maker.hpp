// How make_layout does it.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "algorithms/nn/arena.hpp"
#include "algorithms/nn/layout.hpp"

namespace whiteline::nn {

template <class... Kinds>
bool is(const Layer& layer) {
  return (std::holds_alternative<Kinds>(layer) || ...);
}

// One use of a node's output.
struct Edge {
  std::int32_t consumer;
  std::size_t slot;  // which of the consumer's inputs
};

// Times: node n goes forward at n, the loss is taken at `nodes`, node n goes backward at 2 nodes
// - n.
class LayoutMaker {
 public:
  LayoutMaker(const Network& network, std::int64_t rows, Use use);
  Layout make() &&;

 private:
  static std::size_t at(std::int32_t n) { return std::size_t(n); }
  const Node& node(std::int32_t n) const { return network_.nodes()[at(n)]; }
  NodePlan& plan_of(std::int32_t n) { return layout_.nodes[at(n)]; }
  std::int64_t forward_time(std::int32_t n) const { return n; }
  std::int64_t backward_time(std::int32_t n) const { return 2 * (network_.last() + 1) - n; }
  bool training() const { return goes_backward(layout_.use); }
  bool adversarial() const { return layout_.use == Use::adversarial; }
  // Whether the layer does nothing in this use.
  bool is_idle(const Layer& layer) const {
    if (training()) return false;
    return is<Dropout>(layer) ||
           (layout_.use == Use::inference && is<GaussianNoise, PoissonNoise, Translation>(layer));
  }

  void check() const;
  // The only node that uses n, or -1.
  std::int32_t only_consumer(std::int32_t n) const;
  // Dense layers on single channels of the spectrum, perhaps a batch norm, and an average: one
  // branch that stores nothing in between. A norm behind a layer takes its activation backward.
  void find_branch(std::int32_t n);
  void find_gradients();
  // Tables that are seen in another shape have no padding.
  void find_unpadded();
  Place new_buffer(std::int32_t n);
  void touch(const Place& place, std::int64_t time);
  void place_outputs();
  // Writes where the joined table is to be, if that can be.
  bool place_in_concat(std::int32_t n);
  // Where an input's features begin among those of a Concat.
  std::int64_t first_feature(std::int32_t concat, std::size_t slot) const;
  void touch_output(std::int32_t n);
  // Where the gradient with respect to n's output comes together: in the place of its consumer's
  // where that is possible.
  void place_gradient(std::int32_t n);
  void give(const Edge& edge, const Place& to, core::Into into);
  bool share_gradient(std::int32_t n, const Edge& edge);
  // Each consumer writes a table of its own; they are added up when all are there.
  void sum_gradients(std::int32_t n, const std::vector<Edge>& edges);
  // Statistics of norms, and sums of branches.
  void reserve_extras();
  void finish();
  // Whether its verb can add to a gradient that is there.
  bool can_add(std::int32_t consumer) const {
    return !is<Norm, Dropout, Translation, MinibatchDiscrimination>(node(consumer).layer);
  }

  const Network& network_;
  Layout layout_;
  std::vector<std::vector<Edge>> uses_;  // of each node
  std::vector<bool> unpadded_;
  std::vector<ArenaBuffer> buffers_;
};

}  // namespace whiteline::nn
