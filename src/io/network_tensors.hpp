// The weights of a network as tensors `NODE.ROLE`.
#pragma once

#include <whiteline/nn/network.hpp>

#include "io/tensors.hpp"

namespace whiteline::io {

inline std::string tensor_name(const nn::Parameter& parameter) {
  return fmt::format("{}.{}", parameter.node, nn::name(parameter.role));
}

// Throws FormatError where one is missing, or of another type.
inline nn::Weights weights_of(const Cursor& file, const Safetensors& contents,
                              const nn::Network& network) {
  nn::Weights weights;
  for (const nn::Parameter& parameter : network.parameters())
    weights.values.push_back(numbers_of<float>(file, contents, tensor_name(parameter)));
  return weights;
}

// They refer to the weights.
inline std::vector<Tensor> tensors_of(const nn::Network& network, const nn::Weights& weights) {
  std::vector<Tensor> tensors;
  for (std::size_t p = 0; p < weights.values.size(); ++p) {
    const nn::Parameter& parameter = network.parameters()[p];
    tensors.push_back(tensor_of(tensor_name(parameter), weights.values[p],
                                {std::uint64_t(parameter.rows), std::uint64_t(parameter.columns)}));
  }
  return tensors;
}

}  // namespace whiteline::io
