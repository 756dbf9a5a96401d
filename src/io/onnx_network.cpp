#include "io/onnx_network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace whiteline::io {

namespace {

using nn::ParameterRole;
using Dims = OnnxGraph::Dims;

constexpr std::int64_t features_axis = 1, positions_axis = 2;

class OnnxLayers {
 public:
  OnnxLayers(OnnxGraph& graph, const nn::Network& network, const nn::Weights& weights)
      : graph_(graph), network_(network), weights_(weights) {}

  std::string run(const std::string& spectra) {
    values_ = {spectra};
    for (n_ = 1; n_ <= network_.last(); ++n_) values_.push_back(std::visit(*this, node(n_).layer));
    return values_.back();
  }

  std::string operator()(const nn::Input&) { return values_.front(); }
  std::string operator()(const nn::Dense& dense) {
    if (in_shape().positions > 1) return convolution(1, 1, {0, 0}, dense.units, dense.activation);
    std::vector<std::string> inputs = {
        in(), graph_.table(table(ParameterRole::weights), {in_shape().features, dense.units})};
    if (dense.bias) inputs.push_back(vector(ParameterRole::bias));
    return activated(graph_.add("Gemm", inputs), dense.activation);
  }
  std::string operator()(const nn::Conv1D& conv) {
    return convolution(conv.width, conv.stride, pads(conv.width, conv.stride, conv.padding),
                       conv.filters, conv.activation);
  }
  std::string operator()(const nn::Norm& norm) {
    const std::string y = norm.kind == nn::NormKind::batch ? batch_norm() : layer_norm();
    return activated(y, norm.activation);
  }
  std::string operator()(const nn::Pool& pool) {
    const char* op = pool.kind == nn::PoolKind::max ? "MaxPool" : "AveragePool";
    return without_single_position(
        graph_.add(op, {with_positions(in())},
                   {{"kernel_shape", Dims{pool.size}},
                    {"strides", Dims{pool.stride}},
                    {"pads", pads(pool.size, pool.stride, pool.padding)}}));
  }
  std::string operator()(const nn::GlobalAverage&) {
    if (in_shape().positions == 1) return in();
    return graph_.add("ReduceMean", {in()},
                      {{"axes", Dims{positions_axis}}, {"keepdims", std::int64_t(0)}});
  }
  std::string operator()(const nn::Flatten&) {
    if (in_shape().positions == 1) return in();
    return graph_.add("Reshape", {swapped(in()), graph_.numbers({0, in_shape().size()})});
  }
  std::string operator()(const nn::Unflatten& unflatten) {
    const std::int64_t positions = node(n_).shape.positions;
    if (positions == 1) return in();
    const std::string shape = graph_.numbers({0, positions, unflatten.features});
    return swapped(graph_.add("Reshape", {in(), shape}));
  }
  std::string operator()(const nn::Concat&) {
    std::vector<std::string> inputs;
    for (std::size_t slot = 0; slot < node(n_).inputs.size(); ++slot) inputs.push_back(in(slot));
    return graph_.add("Concat", inputs, {{"axis", features_axis}});
  }
  std::string operator()(const nn::Add& add) {
    return activated(graph_.add("Add", {in(0), in(1)}), add.activation);
  }
  // These act in training only.
  std::string operator()(const nn::Dropout&) { return in(); }
  std::string operator()(const nn::GaussianNoise&) { return in(); }
  std::string operator()(const nn::PoissonNoise&) { return in(); }
  std::string operator()(const nn::Translation&) { return in(); }

  std::string operator()(const nn::Conv1DTranspose&) { refuse(); }
  std::string operator()(const nn::Crop&) { refuse(); }
  std::string operator()(const nn::MinibatchDiscrimination&) { refuse(); }

 private:
  [[noreturn]] void refuse() const {
    throw Unsupported(
        fmt::format("cannot write the network as ONNX (it has a layer `{}`, which is of "
                    "generators) write a classifier",
                    nn::kind(node(n_).layer)));
  }

  const nn::Node& node(std::int32_t n) const { return network_.nodes()[std::size_t(n)]; }
  std::int32_t source(std::size_t slot = 0) const { return node(n_).inputs[slot]; }
  const std::string& in(std::size_t slot = 0) const { return values_[std::size_t(source(slot))]; }
  const nn::Shape& in_shape() const { return node(source()).shape; }

  // Empty where the layer has none.
  std::span<const float> table(ParameterRole role) const {
    const auto& all = network_.parameters();
    const auto found = std::find_if(all.begin(), all.end(), [&](const nn::Parameter& parameter) {
      return parameter.node == n_ && parameter.role == role;
    });
    if (found == all.end()) return {};
    return weights_.values[std::size_t(found - all.begin())];
  }
  std::string vector(ParameterRole role) {
    const std::span<const float> numbers = table(role);
    return graph_.table(numbers, {std::int64_t(numbers.size())});
  }

  // A vector as one position, where a layer of positions takes it; and back.
  std::string with_positions(const std::string& x) {
    if (in_shape().positions > 1) return x;
    return graph_.add("Unsqueeze", {x, graph_.numbers({positions_axis})});
  }
  std::string without_single_position(const std::string& x) {
    if (node(n_).shape.positions > 1) return x;
    return graph_.add("Squeeze", {x, graph_.numbers({positions_axis})});
  }
  std::string swapped(const std::string& x) {  // features and positions
    return graph_.add("Transpose", {x}, {{"perm", Dims{0, positions_axis, features_axis}}});
  }

  // In front and behind; the odd one behind.
  Dims pads(std::int64_t width, std::int64_t stride, nn::Padding padding) const {
    if (padding == nn::Padding::valid) return {0, 0};
    const std::int64_t reach = (node(n_).shape.positions - 1) * stride + width;
    const std::int64_t all = std::max<std::int64_t>(reach - in_shape().positions, 0);
    return {all / 2, all - all / 2};
  }

  std::string convolution(std::int64_t width, std::int64_t stride, const Dims& pads,
                          std::int64_t filters, nn::Activation activation) {
    const std::int64_t features = in_shape().features;
    const std::span<const float> weights = table(ParameterRole::weights);
    std::vector<float> ordered;  // filters x features x width
    ordered.reserve(weights.size());
    for (std::int64_t f = 0; f < filters; ++f)
      for (std::int64_t c = 0; c < features; ++c)
        for (std::int64_t k = 0; k < width; ++k)
          ordered.push_back(weights[std::size_t((k * features + c) * filters + f)]);
    std::vector<std::string> inputs = {with_positions(in()),
                                       graph_.table(ordered, {filters, features, width})};
    if (!table(ParameterRole::bias).empty()) inputs.push_back(vector(ParameterRole::bias));
    const std::string y = graph_.add(
        "Conv", inputs, {{"kernel_shape", Dims{width}}, {"strides", Dims{stride}}, {"pads", pads}});
    return activated(without_single_position(y), activation);
  }

  std::string batch_norm() {
    return graph_.add("BatchNormalization",
                      {in(), vector(ParameterRole::gamma), vector(ParameterRole::beta),
                       vector(ParameterRole::moving_mean), vector(ParameterRole::moving_variance)},
                      {{"epsilon", norm_epsilon}});
  }

  std::string layer_norm() {
    const std::vector<OnnxAttribute> of_features = {{"axes", Dims{features_axis}}};
    const std::string mean = graph_.add("ReduceMean", {in()}, of_features);
    const std::string difference = graph_.add("Sub", {in(), mean});
    const std::string squares = graph_.add("Mul", {difference, difference});
    const std::string variance = graph_.add("ReduceMean", {squares}, of_features);
    const std::string moved = graph_.add("Add", {variance, graph_.number(norm_epsilon)});
    const std::string h = graph_.add("Div", {difference, graph_.add("Sqrt", {moved})});
    Dims dims = {in_shape().features};
    if (in_shape().positions > 1) dims.push_back(1);
    const std::string gamma = graph_.table(table(ParameterRole::gamma), dims);
    const std::string beta = graph_.table(table(ParameterRole::beta), dims);
    return graph_.add("Add", {graph_.add("Mul", {h, gamma}), beta});
  }

  std::string activated(const std::string& x, nn::Activation activation) {
    switch (activation) {
      case nn::Activation::relu:
        return graph_.add("Relu", {x});
      case nn::Activation::sigmoid:
        return graph_.add("Sigmoid", {x});
      case nn::Activation::tanh:
        return graph_.add("Tanh", {x});
      case nn::Activation::elu:
        return graph_.add("Elu", {x}, {{"alpha", 1.0f}});
      case nn::Activation::selu:
        return graph_.add("Selu", {x}, {{"alpha", 1.67326324f}, {"gamma", 1.05070099f}});
      case nn::Activation::exponential:
        return graph_.add("Exp", {x});
      case nn::Activation::leaky_relu:
        return graph_.add("LeakyRelu", {x}, {{"alpha", 0.3f}});
      case nn::Activation::linear:
        break;
    }
    return x;
  }

  static constexpr float norm_epsilon = 1e-3f;

  OnnxGraph& graph_;
  const nn::Network& network_;
  const nn::Weights& weights_;
  std::vector<std::string> values_;  // of each node
  std::int32_t n_ = 0;
};

}  // namespace

std::string add_network(OnnxGraph& graph, const nn::Network& network, const nn::Weights& weights,
                        const std::string& spectra) {
  return OnnxLayers(graph, network, weights).run(spectra);
}

}  // namespace whiteline::io
