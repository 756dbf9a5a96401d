// What each kind of layer makes of its inputs, and which parameters it has.
#pragma once

#include <whiteline/nn/network.hpp>

#include <string_view>
#include <vector>

namespace whiteline::nn {

// Of units, positions, numbers of a spectrum.
constexpr std::int64_t largest_count = std::int64_t(1) << 31;

[[noreturn]] void refuse_layer(const Layer& layer, std::string_view why, std::string_view advice);
// Throws InvalidArgument unless 1 <= count <= largest_count.
void check_count(const Layer& layer, std::string_view what, std::int64_t count);

// The shape a layer makes of those of its inputs; throws InvalidArgument.
Shape shape_after(const Layer& layer, const std::vector<Shape>& inputs);

// Parameters of the layer at `node`, whose input has the shape `x`.
std::vector<Parameter> parameters_of(const Layer& layer, std::int32_t node, const Shape& x);

// Numbers in and out of one element of the output, for the width of first weights.
double fan_sum(const Layer& layer, const Parameter& weights);

}  // namespace whiteline::nn
