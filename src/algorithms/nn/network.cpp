#include <whiteline/nn/network.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <utility>

#include "algorithms/nn/windows.hpp"
#include "formulas/philox.hpp"

namespace whiteline::nn {

namespace {

constexpr std::int64_t largest = std::int64_t(1) << 31;  // units, positions, numbers of a spectrum

[[noreturn]] void refuse(const Layer& layer, std::string_view why, std::string_view advice) {
  throw InvalidArgument(fmt::format("cannot add a layer `{}` ({}) {}", kind(layer), why, advice));
}

void check_count(const Layer& layer, std::string_view what, std::int64_t count) {
  if (count < 1 || count > largest)
    refuse(layer, fmt::format("{} is {}", what, count), "choose 1 or more");
}

// The shape a layer makes of those of its inputs; throws InvalidArgument.
class ShapeAfter {
 public:
  ShapeAfter(const Layer& layer, std::vector<Shape> inputs)
      : layer_(layer), inputs_(std::move(inputs)) {}

  Shape operator()(const Input&) const { refuse(layer_, "it is there already", "leave it out"); }
  Shape operator()(const Dense& dense) const {
    check_count(layer_, "the number of units", dense.units);
    return {only().positions, dense.units};
  }
  Shape operator()(const Conv1D& conv) const {
    check_count(layer_, "the number of filters", conv.filters);
    return {windows_of(conv.width, conv.stride, conv.padding), conv.filters};
  }
  Shape operator()(const Norm&) const { return only(); }
  Shape operator()(const Pool& pool) const {
    if (pool.kind == PoolKind::average && pool.padding == Padding::same)
      refuse(layer_, "averages have no padding `same`", "use `valid`");
    return {windows_of(pool.size, pool.stride, pool.padding), only().features};
  }
  Shape operator()(const GlobalAverage&) const { return {1, only().features}; }
  Shape operator()(const Flatten&) const { return {1, only().size()}; }
  Shape operator()(const Unflatten&) const {
    if (only().positions != 1)
      refuse(layer_, fmt::format("its input has {} positions", only().positions),
             "put it behind a vector");
    return {only().features, 1};
  }
  Shape operator()(const Concat&) const {
    if (inputs_.size() < 2) refuse(layer_, "it has fewer than two inputs", "name two or more");
    Shape shape{inputs_.front().positions, 0};
    for (const Shape& input : inputs_) {
      if (input.positions != shape.positions)
        refuse(layer_,
               fmt::format("its inputs have {} and {} positions", shape.positions, input.positions),
               "join what has as many");
      shape.features += input.features;
    }
    return shape;
  }
  Shape operator()(const Add&) const {
    if (inputs_.size() != 2 || inputs_[0] != inputs_[1])
      refuse(layer_, "it needs two inputs of the same shape", "name two such nodes");
    return inputs_.front();
  }
  Shape operator()(const Dropout& dropout) const {
    if (!(dropout.rate >= 0.0 && dropout.rate < 1.0))
      refuse(layer_, fmt::format("its rate is {}", dropout.rate), "choose 0 or more, below 1");
    return only();
  }

 private:
  const Shape& only() const {
    if (inputs_.size() != 1)
      refuse(layer_, fmt::format("it has {} inputs", inputs_.size()), "name one");
    return inputs_.front();
  }
  std::int64_t windows_of(std::int64_t width, std::int64_t stride, Padding padding) const {
    check_count(layer_, "the width", width);
    check_count(layer_, "the stride", stride);
    const std::int64_t count = windows(only().positions, width, stride, padding).count;
    if (count < 1)
      refuse(layer_, fmt::format("no window of {} fits into {} positions", width, only().positions),
             "use fewer or smaller convolutions and pools");
    return count;
  }

  const Layer& layer_;
  std::vector<Shape> inputs_;
};

// Parameters of the layer at `node`, whose input has the shape `x`.
std::vector<Parameter> parameters_of(const Layer& layer, std::int32_t node, const Shape& x) {
  std::vector<Parameter> all;
  const auto add_weights = [&](std::int64_t inputs, std::int64_t units, bool bias) {
    all.push_back({node, ParameterRole::weights, inputs, units});
    if (bias) all.push_back({node, ParameterRole::bias, 1, units});
  };
  if (const auto* dense = std::get_if<Dense>(&layer))
    add_weights(x.features, dense->units, dense->bias);
  if (const auto* conv = std::get_if<Conv1D>(&layer))
    add_weights(conv->width * x.features, conv->filters, conv->bias);
  if (const auto* norm = std::get_if<Norm>(&layer)) {
    all.push_back({node, ParameterRole::gamma, 1, x.features});
    all.push_back({node, ParameterRole::beta, 1, x.features});
    if (norm->kind == NormKind::batch) {
      all.push_back({node, ParameterRole::moving_mean, 1, x.features});
      all.push_back({node, ParameterRole::moving_variance, 1, x.features});
    }
  }
  return all;
}

// Numbers in and out of one element of the output, for the width of first weights.
double fan_sum(const Layer& layer, const Parameter& weights) {
  const auto* conv = std::get_if<Conv1D>(&layer);
  const std::int64_t out = weights.columns * (conv ? conv->width : 1);
  return double(weights.rows) + double(out);
}

std::vector<float> uniform_numbers(std::int64_t count, float limit, std::int32_t node,
                                   std::uint64_t seed, std::uint32_t model) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  formulas::PhiloxWords words{};
  for (std::size_t e = 0; e < numbers.size(); ++e) {
    if (e % 4 == 0)
      words = formulas::philox_block(seed, std::uint32_t(e / 4), 0, std::uint32_t(node),
                                     formulas::Purpose::init, model);
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
      refuse(layer, fmt::format("there is no node {} before it", input), "name one that is there");
    shapes.push_back(nodes_[std::size_t(input)].shape);
  }
  const Shape shape = std::visit(ShapeAfter(layer, shapes), layer);
  if (shape.positions > largest / shape.features)
    refuse(layer, "it makes more than 2^31 numbers of a spectrum", "make it smaller");
  constexpr std::size_t most = 0xfff0;  // what a draw's counter has room for
  if (nodes_.size() >= most) refuse(layer, "there are 65520 already", "use fewer");
  for (const Parameter& parameter : parameters_of(layer, last() + 1, shapes.front())) {
    if (parameter.rows > largest / parameter.columns)
      refuse(layer, "it has more than 2^31 weights", "make it smaller");
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

Weights initial_weights(const Network& network, std::uint64_t seed, std::uint32_t model) {
  Weights weights;
  for (const Parameter& parameter : network.parameters()) {
    const bool one =
        parameter.role == ParameterRole::gamma || parameter.role == ParameterRole::moving_variance;
    if (parameter.role == ParameterRole::weights) {
      const Layer& layer = network.nodes()[std::size_t(parameter.node)].layer;
      const auto limit = float(std::sqrt(6.0 / fan_sum(layer, parameter)));
      weights.values.push_back(
          uniform_numbers(parameter.size(), limit, parameter.node, seed, model));
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
