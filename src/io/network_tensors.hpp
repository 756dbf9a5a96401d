// The weights of a network as tensors `NODE.ROLE`, and trainings of networks that are to go on.
#pragma once

#include <whiteline/nn/network.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "io/tensors.hpp"

namespace whiteline::io {

// What stands before and behind NODE.ROLE in the names of a file that holds several such tables.
struct TableNames {
  std::string prefix, suffix;

  std::string of(const nn::Parameter& parameter) const {
    return fmt::format("{}{}.{}{}", prefix, parameter.node, nn::name(parameter.role), suffix);
  }
};

// Throws FormatError where one is missing, or of another type; sizes are not looked at.
nn::Weights weights_of(const Cursor& file, const Safetensors& contents, const nn::Network& network,
                       const TableNames& names = {});

// They refer to the weights; none for weights without tables.
std::vector<Tensor> tensors_of(const nn::Network& network, const nn::Weights& weights,
                               const TableNames& names = {});

// As weights_of. Throws InvalidArgument where a size is not the network's.
nn::Weights sized_weights_of(const Cursor& file, const Safetensors& contents,
                             const nn::Network& network, const TableNames& names);

// What a checkpoint's JSON says. Throws InvalidArgument unless it has this key.
Json checkpoint_of_key(const Cursor& file, const Sealed& sealed, const SealedFormat& format,
                       std::string_view key);

}  // namespace whiteline::io
