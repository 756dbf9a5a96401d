// What verbs are given, as views of the memory that a layout laid out.
#pragma once

#include "algorithms/nn/program.hpp"

namespace whiteline::nn {

class ProgramViews {
 protected:
  ProgramViews(const Network& network, const Layout& layout, DeviceParameters& parameters,
               const Surroundings& around)
      : network_(network),
        layout_(layout),
        parameters_(parameters),
        around_(around),
        rows_{0, layout.rows} {}

  // Samples of the batch that the views show.
  struct Samples {
    std::int64_t first = 0, count = 0;
  };

  const Node& node(std::int32_t n) const { return network_.nodes()[std::size_t(n)]; }
  const NodePlan& plan(std::int32_t n) const { return layout_.nodes[std::size_t(n)]; }
  std::int32_t input_of(std::int32_t n) const { return node(n).inputs.front(); }

  core::FeatureMap map(const Place& place, const Shape& shape) const {
    if (!place.there()) return {{}, shape.positions};
    const std::int64_t first = rows_.first * shape.positions * place.stride;
    return {{around_.arena.data + place.offset + first, rows_.count * shape.positions,
             shape.features, place.stride},
            shape.positions};
  }
  core::FeatureMap output(std::int32_t n) const { return map(plan(n).output, node(n).shape); }
  core::FeatureMap gradient(std::int32_t n) const { return map(plan(n).gradient, node(n).shape); }
  // The output of input `slot`.
  core::ConstFeatureMap x(std::int32_t n, std::size_t slot = 0) const {
    return constant(output(node(n).inputs[slot]));
  }
  const Flow& flow(std::int32_t n, std::size_t slot = 0) const { return plan(n).flows[slot]; }
  static core::ConstFeatureMap constant(const core::FeatureMap& map) {
    return {map.values, map.positions};
  }
  // A map as one vector a sample; it has no padding.
  core::FeatureMap as_vectors(const core::FeatureMap& map) const {
    const std::int64_t size = map.positions * map.features();
    return {{map.values.data, rows_.count, size, size}, 1};
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
    return goes_backward(layout_.use) ? core::Pass::training : core::Pass::inference;
  }

  const Network& network_;
  const Layout& layout_;
  DeviceParameters& parameters_;
  const Surroundings& around_;
  Samples rows_;
};

}  // namespace whiteline::nn
