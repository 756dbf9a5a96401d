// Where gradients lie, and what each consumer of a node adds to that of the node.
#include <algorithm>

#include "algorithms/nn/layout_maker.hpp"

namespace whiteline::nn {

void LayoutMaker::find_gradients() {
  if (!training()) return;
  for (const Parameter& parameter : network_.parameters())
    plan_of(parameter.node).has_gradient = true;
  if (adversarial()) plan_of(0).has_gradient = true;
  for (std::int32_t n = 0; n <= network_.last(); ++n)
    for (const std::int32_t input : node(n).inputs)
      if (plan_of(input).has_gradient) plan_of(n).has_gradient = true;
}

void LayoutMaker::place_gradient(std::int32_t n) {
  NodePlan& plan = plan_of(n);
  if (!plan.has_gradient || plan.absorbed) return;
  std::vector<Edge> edges = uses_[at(n)];  // in the order in which they give gradients
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return a.consumer != b.consumer ? a.consumer > b.consumer : a.slot < b.slot;
  });
  if (edges.size() == 1 && share_gradient(n, edges.front())) {
    touch(plan.gradient, backward_time(edges.front().consumer));
  } else if (std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
               return &edge != &edges.front() && !can_add(edge.consumer);
             })) {
    sum_gradients(n, edges);
  } else {
    plan.gradient = new_buffer(n);
    for (const Edge& edge : edges) {
      const bool is_first = &edge == &edges.front();
      give(edge, plan.gradient, is_first ? core::Into::replace : core::Into::add);
    }
  }
  if (n == network_.last()) touch(plan.gradient, network_.last() + 1);
  touch(plan.gradient, backward_time(n));
}

void LayoutMaker::give(const Edge& edge, const Place& to, core::Into into) {
  plan_of(edge.consumer).flows[edge.slot] = {to, into};
  touch(to, backward_time(edge.consumer));
}

bool LayoutMaker::share_gradient(std::int32_t n, const Edge& edge) {
  const Layer& consumer = node(edge.consumer).layer;
  const NodePlan& behind = plan_of(edge.consumer);
  Place shared = behind.gradient;
  if (is<Flatten, Unflatten>(consumer)) {
    if (shared.stride != node(edge.consumer).shape.features) return false;
    shared.stride = node(n).shape.features;
  } else if (is<Concat>(consumer)) {
    shared.offset += first_feature(edge.consumer, edge.slot);
  } else if (is<Add>(consumer)) {
    const auto& flows = behind.flows;
    if (std::any_of(flows.begin(), flows.end(), [](const Flow& flow) { return flow.in_place; }))
      return false;
  } else if (!is<Norm, Dropout, GaussianNoise, PoissonNoise>(consumer)) {
    return false;
  }
  plan_of(n).gradient = shared;
  plan_of(edge.consumer).flows[edge.slot] = {shared, core::Into::replace, true};
  return true;
}

void LayoutMaker::sum_gradients(std::int32_t n, const std::vector<Edge>& edges) {
  NodePlan& plan = plan_of(n);
  Place sum;
  for (const Edge& edge : edges) {
    const Place part = new_buffer(n);
    give(edge, part, core::Into::replace);
    touch(part, backward_time(n));
    if (sum.there()) {
      const Place out = new_buffer(n);
      touch(out, backward_time(n));
      plan.sums.push_back({sum, part, out});
      sum = out;
    } else {
      sum = part;
    }
  }
  plan.gradient = sum;
}

}  // namespace whiteline::nn
