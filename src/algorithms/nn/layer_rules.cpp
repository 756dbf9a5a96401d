#include "algorithms/nn/layer_rules.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "algorithms/nn/windows.hpp"

namespace whiteline::nn {

namespace {

class ShapeAfter {
 public:
  ShapeAfter(const Layer& layer, const std::vector<Shape>& inputs)
      : layer_(layer), inputs_(inputs) {}

  Shape operator()(const Input&) const {
    refuse_layer(layer_, "it is there already", "leave it out");
  }
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
      refuse_layer(layer_, "averages have no padding `same`", "use `valid`");
    return {windows_of(pool.size, pool.stride, pool.padding), only().features};
  }
  Shape operator()(const GlobalAverage&) const { return {1, only().features}; }
  Shape operator()(const Flatten&) const { return {1, only().size()}; }
  Shape operator()(const Unflatten& unflatten) const {
    check_vector();
    check_count(layer_, "the number of features", unflatten.features);
    if (only().features % unflatten.features != 0)
      refuse_layer(layer_,
                   fmt::format("{} numbers make no positions of {} features", only().features,
                               unflatten.features),
                   "choose a divisor");
    return {only().features / unflatten.features, unflatten.features};
  }
  Shape operator()(const Concat&) const {
    if (inputs_.size() < 2)
      refuse_layer(layer_, "it has fewer than two inputs", "name two or more");
    Shape shape{inputs_.front().positions, 0};
    for (const Shape& input : inputs_) {
      if (input.positions != shape.positions)
        refuse_layer(
            layer_,
            fmt::format("its inputs have {} and {} positions", shape.positions, input.positions),
            "join what has as many");
      shape.features += input.features;
    }
    return shape;
  }
  Shape operator()(const Add&) const {
    if (inputs_.size() != 2 || inputs_[0] != inputs_[1])
      refuse_layer(layer_, "it needs two inputs of the same shape", "name two such nodes");
    return inputs_.front();
  }
  Shape operator()(const Dropout& dropout) const {
    if (!(dropout.rate >= 0.0 && dropout.rate < 1.0))
      refuse_layer(layer_, fmt::format("its rate is {}", dropout.rate),
                   "choose 0 or more, below 1");
    return only();
  }
  Shape operator()(const Conv1DTranspose& conv) const {
    check_count(layer_, "the number of filters", conv.filters);
    check_count(layer_, "the width", conv.width);
    check_count(layer_, "the stride", conv.stride);
    if (only().positions > largest_count / conv.stride)
      refuse_layer(layer_, "it makes more than 2^31 positions", "use a smaller stride");
    return {only().positions * conv.stride, conv.filters};
  }
  Shape operator()(const Crop& crop) const {
    if (crop.positions < 1 || crop.positions > only().positions)
      refuse_layer(layer_,
                   fmt::format("it keeps {} of {} positions", crop.positions, only().positions),
                   "keep some of them");
    return {crop.positions, only().features};
  }
  Shape operator()(const GaussianNoise& noise) const {
    if (!(noise.deviation >= 0.0 && std::isfinite(float(noise.deviation))))
      refuse_layer(layer_, fmt::format("its deviation is {}", noise.deviation), "choose 0 or more");
    return only();
  }
  Shape operator()(const PoissonNoise& noise) const {
    if (!(noise.mean > 0.0 && noise.mean <= 10.0 && std::isfinite(float(noise.scale))))
      refuse_layer(layer_, fmt::format("its mean is {}, its scale {}", noise.mean, noise.scale),
                   "choose a mean above 0, up to 10");
    return only();
  }
  Shape operator()(const Translation& translation) const {
    const std::int64_t size = only().positions > 1 ? only().positions : only().features;
    if (translation.count < 1 || translation.count >= size)
      refuse_layer(layer_, fmt::format("it moves {} numbers by {}", size, translation.count),
                   "choose 1 or more, and less than all");
    return only();
  }
  Shape operator()(const MinibatchDiscrimination& minibatch) const {
    check_vector();
    check_count(layer_, "the number of kernels", minibatch.kernels);
    check_count(layer_, "the depth", minibatch.depth);
    if (only().features / minibatch.depth != minibatch.kernels ||
        only().features % minibatch.depth != 0)
      refuse_layer(layer_,
                   fmt::format("{} kernels of depth {} are not {} numbers", minibatch.kernels,
                               minibatch.depth, only().features),
                   "put it behind a dense layer of as many units");
    return {1, minibatch.kernels};
  }

 private:
  void check_vector() const {
    if (only().positions != 1)
      refuse_layer(layer_, fmt::format("its input has {} positions", only().positions),
                   "put it behind a vector");
  }
  const Shape& only() const {
    if (inputs_.size() != 1)
      refuse_layer(layer_, fmt::format("it has {} inputs", inputs_.size()), "name one");
    return inputs_.front();
  }
  std::int64_t windows_of(std::int64_t width, std::int64_t stride, Padding padding) const {
    check_count(layer_, "the width", width);
    check_count(layer_, "the stride", stride);
    const std::int64_t count = windows(only().positions, width, stride, padding).count;
    if (count < 1)
      refuse_layer(layer_,
                   fmt::format("no window of {} fits into {} positions", width, only().positions),
                   "use fewer or smaller convolutions and pools");
    return count;
  }

  const Layer& layer_;
  const std::vector<Shape>& inputs_;
};

}  // namespace

void refuse_layer(const Layer& layer, std::string_view why, std::string_view advice) {
  throw InvalidArgument(fmt::format("cannot add a layer `{}` ({}) {}", kind(layer), why, advice));
}

void check_count(const Layer& layer, std::string_view what, std::int64_t count) {
  if (count < 1 || count > largest_count)
    refuse_layer(layer, fmt::format("{} is {}", what, count), "choose 1 or more");
}

Shape shape_after(const Layer& layer, const std::vector<Shape>& inputs) {
  return std::visit(ShapeAfter(layer, inputs), layer);
}

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
  if (const auto* conv = std::get_if<Conv1DTranspose>(&layer)) {
    all.push_back({node, ParameterRole::weights, conv->width * conv->filters, x.features});
    if (conv->bias) all.push_back({node, ParameterRole::bias, 1, conv->filters});
  }
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

double fan_sum(const Layer& layer, const Parameter& weights) {
  std::int64_t width = 1;
  if (const auto* conv = std::get_if<Conv1D>(&layer)) width = conv->width;
  if (const auto* conv = std::get_if<Conv1DTranspose>(&layer)) width = conv->width;
  return double(weights.rows) + double(weights.columns * width);
}

}  // namespace whiteline::nn
