#include "algorithms/nn/device_parameters.hpp"

#include <algorithm>

namespace whiteline::nn {

namespace {

std::int64_t stride_of(const Parameter& parameter) {
  constexpr std::int64_t row_alignment = 16;  // floats
  return (parameter.columns + row_alignment - 1) / row_alignment * row_alignment;
}

core::Buffer<float> zeros(const Context& ctx, std::int64_t size) {
  core::Buffer<float> buffer(ctx, size);
  buffer.fill(0);
  return buffer;
}

}  // namespace

void check_weights(const Network& network, const Weights& weights) {
  bool fits = weights.values.size() == network.parameters().size();
  for (std::size_t p = 0; fits && p < weights.values.size(); ++p)
    fits = std::int64_t(weights.values[p].size()) == network.parameters()[p].size();
  require(fits,
          "cannot use the weights (their sizes are not those of the network) take the weights that "
          "belong to it");
}

std::int64_t padded_size(const Network& network) {
  std::int64_t floats = 0;
  for (const Parameter& parameter : network.parameters())
    floats += parameter.rows * stride_of(parameter);
  return floats;
}

DeviceParameters::DeviceParameters(const Context& ctx, const Network& network,
                                   formulas::DescentRule rule)
    : network_(network) {
  for (const Parameter& parameter : network.parameters()) {
    offsets_.push_back(floats_);
    floats_ += parameter.rows * stride_of(parameter);
  }
  using formulas::DescentRule;
  values_ = zeros(ctx, floats_);
  if (rule == DescentRule::gradient_only) gradient_ = zeros(ctx, floats_);
  if (rule == DescentRule::adam) mean_ = zeros(ctx, floats_);
  if (rule == DescentRule::adam || rule == DescentRule::rmsprop) square_ = zeros(ctx, floats_);
}

void DeviceParameters::write(const Weights& weights) { write(values_, weights); }

void DeviceParameters::write_moments(const Weights& mean, const Weights& square) {
  if (mean_.size() > 0) write(mean_, mean);
  if (square_.size() > 0) write(square_, square);
}

void DeviceParameters::write(core::Buffer<float>& to, const Weights& weights) {
  check_weights(network_, weights);
  std::vector<float> padded(std::size_t(floats_), 0.0f);
  for (std::size_t p = 0; p < offsets_.size(); ++p) {
    const Parameter& parameter = network_.parameters()[p];
    for (std::int64_t row = 0; row < parameter.rows; ++row)
      std::copy_n(weights.values[p].begin() + row * parameter.columns, parameter.columns,
                  padded.begin() + offsets_[p] + row * stride_of(parameter));
  }
  to.write(0, padded);
}

Weights DeviceParameters::read(const core::Buffer<float>& from) const {
  Weights weights;
  if (from.size() == 0) return weights;
  const std::vector<float> padded = from.to_host();
  for (std::size_t p = 0; p < offsets_.size(); ++p) {
    const Parameter& parameter = network_.parameters()[p];
    std::vector<float>& values = weights.values.emplace_back();
    for (std::int64_t row = 0; row < parameter.rows; ++row) {
      const auto begin = padded.begin() + offsets_[p] + row * stride_of(parameter);
      values.insert(values.end(), begin, begin + parameter.columns);
    }
  }
  return weights;
}

std::int64_t DeviceParameters::find(std::int32_t node, ParameterRole role) const {
  const auto& all = network_.parameters();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Parameter& parameter) {
    return parameter.node == node && parameter.role == role;
  });
  return found == all.end() ? -1 : found - all.begin();
}

MatrixView DeviceParameters::view(core::Buffer<float>& buffer, std::int64_t parameter) const {
  if (buffer.size() == 0) return {};
  const Parameter& shape = network_.parameters()[std::size_t(parameter)];
  return {buffer.span().data + offsets_[std::size_t(parameter)], shape.rows, shape.columns,
          stride_of(shape)};
}

core::Parameter DeviceParameters::table(std::int32_t node, ParameterRole role) {
  const std::int64_t parameter = find(node, role);
  if (parameter < 0) return {};
  return {view(values_, parameter), view(gradient_, parameter), view(mean_, parameter),
          view(square_, parameter)};
}

MatrixView DeviceParameters::moving(std::int32_t node) {
  const std::int64_t parameter = find(node, ParameterRole::moving_mean);
  if (parameter < 0) return {};
  MatrixView both = view(values_, parameter);
  both.rows = 2;  // the variances lie behind the means
  return both;
}

}  // namespace whiteline::nn
