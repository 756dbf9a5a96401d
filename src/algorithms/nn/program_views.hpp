// What verbs are given, as views of the memory that a layout laid out.
#pragma once

#include "algorithms/nn/program.hpp"

namespace whiteline::nn {

class ProgramViews {
 protected:
  ProgramViews(const Network& network, const Layout& layout, DeviceParameters& parameters,
               const Surroundings& around)
      : network_(network), layout_(layout), parameters_(parameters), around_(around) {}

  const Node& node(std::int32_t n) const { return network_.nodes()[std::size_t(n)]; }
  const NodePlan& plan(std::int32_t n) const { return layout_.nodes[std::size_t(n)]; }
  std::int32_t input_of(std::int32_t n) const { return node(n).inputs.front(); }

  core::FeatureMap map(const Place& place, const Shape& shape) const {
    if (!place.there()) return {{}, shape.positions};
    return {{around_.arena.data + place.offset, layout_.rows * shape.positions, shape.features,
             place.stride},
            shape.positions};
  }
  core::FeatureMap output(std::int32_t n) const { return map(plan(n).output, node(n).shape); }
  core::FeatureMap gradient(std::int32_t n) const { return map(plan(n).gradient, node(n).shape); }
  // The output of input `slot`, and where its gradient goes.
  core::ConstFeatureMap x(std::int32_t n, std::size_t slot = 0) const {
    return constant(output(node(n).inputs[slot]));
  }
  core::FeatureMap dx(std::int32_t n, std::size_t slot = 0) const {
    return map(flow(n, slot).to, node(node(n).inputs[slot]).shape);
  }
  const Flow& flow(std::int32_t n, std::size_t slot = 0) const { return plan(n).flows[slot]; }
  static core::ConstFeatureMap constant(const core::FeatureMap& map) {
    return {map.values, map.positions};
  }
  // A map as one vector a sample; it has no padding.
  core::FeatureMap as_vectors(const core::FeatureMap& map) const {
    const std::int64_t size = map.positions * map.features();
    return {{map.values.data, layout_.rows, size, size}, 1};
  }
  // A part of the features.
  static core::FeatureMap some(const core::FeatureMap& map, std::int64_t first,
                               std::int64_t count) {
    return {map.values.some_cols(first, count), map.positions};
  }

  core::Parameter parameter(std::int32_t n, ParameterRole role) const {
    return parameters_.table(n, role);
  }
  core::DeviceSpan<double> saved(std::int32_t n) const {
    return around_.saved.part(plan(n).saved, plan(n).saved_size);
  }
  core::Pass pass() const {
    return layout_.use == Use::training ? core::Pass::training : core::Pass::inference;
  }

  const Network& network_;
  const Layout& layout_;
  DeviceParameters& parameters_;
  const Surroundings& around_;
};

}  // namespace whiteline::nn
