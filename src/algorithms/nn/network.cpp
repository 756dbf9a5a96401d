#include <whiteline/nn/network.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <utility>

#include "algorithms/nn/layer_rules.hpp"
#include "formulas/philox.hpp"

namespace whiteline::nn {

namespace {

std::vector<float> uniform_numbers(std::int64_t count, float limit, std::uint32_t layer,
                                   std::uint64_t seed, std::uint32_t model) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  formulas::PhiloxWords words{};
  for (std::size_t e = 0; e < numbers.size(); ++e) {
    if (e % 4 == 0)
      words = formulas::philox_block(seed, std::uint32_t(e / 4), 0, layer, formulas::Purpose::init,
                                     model);
    numbers[e] = (2.0f * formulas::uniform(words.word[e % 4]) - 1.0f) * limit;
  }
  return numbers;
}

}  // namespace

Network::Network(std::int64_t channels, Output output) : output_(output) {
  const Layer input = Input{channels};
  check_count(input, "the number of channels", channels);
  nodes_.push_back({input, {}, {1, channels}});
}

std::int32_t Network::add(Layer layer) { return add(std::move(layer), {last()}); }

std::int32_t Network::add(Layer layer, std::vector<std::int32_t> inputs) {
  std::vector<Shape> shapes;
  for (const std::int32_t input : inputs) {
    if (input < 0 || input > last())
      refuse_layer(layer, fmt::format("there is no node {} before it", input),
                   "name one that is there");
    shapes.push_back(nodes_[std::size_t(input)].shape);
  }
  const Shape shape = shape_after(layer, shapes);
  if (shape.positions > largest_count / shape.features)
    refuse_layer(layer, "it makes more than 2^31 numbers of a spectrum", "make it smaller");
  constexpr std::size_t most = 0xfff0;  // what a draw's counter has room for
  if (nodes_.size() >= most) refuse_layer(layer, "there are 65520 already", "use fewer");
  for (const Parameter& parameter : parameters_of(layer, last() + 1, shapes.front())) {
    if (parameter.rows > largest_count / parameter.columns)
      refuse_layer(layer, "it has more than 2^31 weights", "make it smaller");
    parameters_.push_back(parameter);
  }
  nodes_.push_back({std::move(layer), std::move(inputs), shape});
  return last();
}

std::int64_t Network::classes() const {
  return output_ == Output::sigmoid && outputs() == 1 ? 2 : outputs();
}

std::int64_t Network::parameter_count() const {
  return std::accumulate(parameters_.begin(), parameters_.end(), std::int64_t(0),
                         [](std::int64_t sum, const Parameter& p) { return sum + p.size(); });
}

std::int64_t Network::trainable_count() const {
  std::int64_t sum = 0;
  for (const Parameter& parameter : parameters_)
    if (parameter.trainable()) sum += parameter.size();
  return sum;
}

Weights initial_weights(const Network& network, std::uint64_t seed, std::uint32_t model,
                        std::uint32_t first_layer) {
  Weights weights;
  for (const Parameter& parameter : network.parameters()) {
    const bool one =
        parameter.role == ParameterRole::gamma || parameter.role == ParameterRole::moving_variance;
    if (parameter.role == ParameterRole::weights) {
      const Layer& layer = network.nodes()[std::size_t(parameter.node)].layer;
      const auto limit = float(std::sqrt(6.0 / fan_sum(layer, parameter)));
      weights.values.push_back(uniform_numbers(
          parameter.size(), limit, first_layer + std::uint32_t(parameter.node), seed, model));
    } else {
      weights.values.emplace_back(std::size_t(parameter.size()), one ? 1.0f : 0.0f);
    }
  }
  return weights;
}

std::string summary(const Network& network) {
  std::string text = fmt::format("{:>4}  {:<16} {:<20} {:>12}  {}\n", "node", "layer",
                                 "positions x features", "parameters", "inputs");
  std::vector<std::int64_t> sizes(network.nodes().size(), 0);
  for (const Parameter& parameter : network.parameters())
    sizes[std::size_t(parameter.node)] += parameter.size();
  for (std::size_t n = 0; n < network.nodes().size(); ++n) {
    const Node& node = network.nodes()[n];
    std::string inputs;
    for (const std::int32_t input : node.inputs)
      inputs += fmt::format("{}{}", inputs.empty() ? "" : ", ", input);
    text += fmt::format("{:>4}  {:<16} {:<20} {:>12}  {}\n", n, kind(node.layer),
                        fmt::format("{} x {}", node.shape.positions, node.shape.features), sizes[n],
                        inputs);
  }
  const std::int64_t all = network.parameter_count(), trained = network.trainable_count();
  return text + fmt::format("{} parameters, {} of them trained; {} output{}, {}\n", all, trained,
                            network.outputs(), network.outputs() == 1 ? "" : "s",
                            name(network.output()));
}

}  // namespace whiteline::nn
