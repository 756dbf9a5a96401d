#include "algorithms/nn/layout_maker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::nn {

namespace {

constexpr std::int64_t row_alignment = 16;  // floats

}  // namespace

LayoutMaker::LayoutMaker(const Network& network, std::int64_t rows, Use use) : network_(network) {
  layout_.rows = rows;
  layout_.use = use;
  layout_.nodes.resize(network.nodes().size());
  uses_.resize(network.nodes().size());
  for (std::int32_t n = 0; n <= network.last(); ++n) {
    NodePlan& plan = plan_of(n);
    plan.flows.resize(node(n).inputs.size());
    plan.copied.assign(node(n).inputs.size(), true);
    plan.view = is<Flatten, Unflatten>(node(n).layer) || is_idle(node(n).layer);
    for (std::size_t slot = 0; slot < node(n).inputs.size(); ++slot)
      uses_[at(node(n).inputs[slot])].push_back({n, slot});
  }
}

Layout LayoutMaker::make() && {
  check();
  for (std::int32_t n = 0; n <= network_.last(); ++n) find_branch(n);
  find_gradients();
  find_unpadded();
  place_outputs();
  if (training())
    for (std::int32_t n = network_.last(); n >= 0; --n) place_gradient(n);
  reserve_extras();
  finish();
  return std::move(layout_);
}

void LayoutMaker::check() const {
  if (node(network_.last()).shape.positions != 1)
    throw InvalidArgument(
        "cannot use the network (its last layer gives several positions) add global_average or "
        "flatten, and a dense layer");
  for (std::int32_t n = 0; n < network_.last(); ++n)
    if (uses_[at(n)].empty())
      throw InvalidArgument(
          fmt::format("cannot use the network (nothing uses node {}) leave it out", n));
}

std::int32_t LayoutMaker::only_consumer(std::int32_t n) const {
  return uses_[at(n)].size() == 1 ? uses_[at(n)].front().consumer : -1;
}

void LayoutMaker::find_branch(std::int32_t n) {
  if (!is<Dense, Conv1D>(node(n).layer)) return;
  const std::int32_t behind = only_consumer(n);
  if (behind < 0) return;
  const Norm* norm = std::get_if<Norm>(&node(behind).layer);
  if (norm) plan_of(n).norm_behind = behind;
  const bool plain_norm =
      norm && norm->kind == NormKind::batch && norm->activation == Activation::linear;
  const std::int32_t average = plain_norm ? only_consumer(behind) : behind;
  const Node& input = node(node(n).inputs.front());
  const Dense* dense = std::get_if<Dense>(&node(n).layer);
  const Unflatten* single = std::get_if<Unflatten>(&input.layer);
  if (average < 0 || !is<GlobalAverage>(node(average).layer) || !dense || !dense->bias || !single ||
      single->features != 1 || input.inputs.front() != 0 || adversarial())
    return;
  plan_of(n).absorbed = true;
  plan_of(average).branch_dense = n;
  if (plain_norm) {
    plan_of(behind).absorbed = true;
    plan_of(average).branch_norm = behind;
  }
}

void LayoutMaker::find_unpadded() {
  unpadded_.resize(layout_.nodes.size(), false);
  for (std::int32_t n = network_.last(); n >= 0; --n) {
    const bool reshapes = is<Flatten, Unflatten>(node(n).layer);
    if (reshapes) unpadded_[at(n)] = true;
    if (reshapes || (plan_of(n).view && unpadded_[at(n)]))
      unpadded_[at(node(n).inputs.front())] = true;
  }
}

Place LayoutMaker::new_buffer(std::int32_t n) {
  const Shape& shape = node(n).shape;
  const std::int64_t stride =
      unpadded_[at(n)] ? shape.features
                       : (shape.features + row_alignment - 1) / row_alignment * row_alignment;
  buffers_.push_back({layout_.rows * shape.positions * stride});
  return {std::int32_t(buffers_.size()) - 1, 0, stride};
}

void LayoutMaker::touch(const Place& place, std::int64_t time) {
  if (!place.there()) return;
  ArenaBuffer& buffer = buffers_[at(place.buffer)];
  buffer.first = buffer.first < 0 ? time : std::min(buffer.first, time);
  buffer.last = std::max(buffer.last, time);
}

void LayoutMaker::place_outputs() {
  for (std::int32_t n = network_.last(); n >= 0; --n) {
    NodePlan& plan = plan_of(n);
    if (plan.absorbed || plan.view) continue;
    if (!place_in_concat(n)) plan.output = new_buffer(n);
  }
  for (std::int32_t n = 0; n <= network_.last(); ++n) {
    NodePlan& plan = plan_of(n);
    if (plan.view) {
      plan.output = plan_of(node(n).inputs.front()).output;
      if (is<Flatten, Unflatten>(node(n).layer)) plan.output.stride = node(n).shape.features;
    }
    touch_output(n);
  }
}

bool LayoutMaker::place_in_concat(std::int32_t n) {
  if (n == 0 || unpadded_[at(n)]) return false;
  for (const auto& [consumer, slot] : uses_[at(n)]) {
    if (!is<Concat>(node(consumer).layer)) continue;
    NodePlan& joined = plan_of(consumer);
    plan_of(n).output = joined.output;
    plan_of(n).output.offset += first_feature(consumer, slot);
    joined.copied[slot] = false;
    return true;
  }
  return false;
}

std::int64_t LayoutMaker::first_feature(std::int32_t concat, std::size_t slot) const {
  std::int64_t first = 0;
  for (std::size_t i = 0; i < slot; ++i) first += node(node(concat).inputs[i]).shape.features;
  return first;
}

void LayoutMaker::touch_output(std::int32_t n) {
  const Place& place = plan_of(n).output;
  touch(place, forward_time(n));
  if (training()) touch(place, backward_time(n));
  for (const auto& [consumer, slot] : uses_[at(n)]) {
    std::int32_t user = consumer;
    while (plan_of(user).absorbed) user = only_consumer(user);
    touch(place, forward_time(user));
    if (training()) touch(place, backward_time(user));
  }
  if (n == network_.last()) touch(place, network_.last() + 1);
  if (adversarial()) touch(place, backward_time(0));
}

void LayoutMaker::reserve_extras() {
  for (std::int32_t n = 0; n <= network_.last(); ++n) {
    NodePlan& plan = plan_of(n);
    const Shape& shape = node(n).shape;
    const Norm* norm = std::get_if<Norm>(&node(n).layer);
    if (plan.branch_dense >= 0) {
      plan.branch_sums = new_buffer(n);
      touch(plan.branch_sums, forward_time(n));
      if (training()) touch(plan.branch_sums, backward_time(n));
    }
    if (plan.branch_norm >= 0 || (norm && norm->kind == NormKind::batch && !plan.absorbed))
      plan.saved_size = 2 * shape.features;
    if (norm && norm->kind == NormKind::layer) plan.saved_size = 2 * layout_.rows * shape.positions;
    plan.saved = layout_.doubles;
    layout_.doubles += plan.saved_size;
  }
}

void LayoutMaker::finish() {
  layout_.floats = place_buffers(buffers_);
  const auto settle = [&](Place& place) {
    if (place.there()) place.offset += buffers_[at(place.buffer)].offset;
  };
  for (NodePlan& plan : layout_.nodes) {
    settle(plan.output);
    settle(plan.gradient);
    settle(plan.branch_sums);
    for (Flow& flow : plan.flows) settle(flow.to);
    for (GradientSum& sum : plan.sums) {
      settle(sum.a);
      settle(sum.b);
      settle(sum.out);
    }
  }
}

Layout make_layout(const Network& network, std::int64_t rows, Use use) {
  return LayoutMaker(network, rows, use).make();
}

}  // namespace whiteline::nn
