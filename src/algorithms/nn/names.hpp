// Names of what layers are, for descriptions of networks.
#pragma once

#include <whiteline/nn/architectures.hpp>
#include <whiteline/nn/training.hpp>

#include <string_view>

namespace whiteline::nn {

std::string_view name(Padding padding);
std::string_view name(NormKind kind);
std::string_view name(PoolKind kind);
std::string_view name(DropoutKind kind);
// They throw InvalidArgument naming what is known.
Padding padding_named(std::string_view name);
NormKind norm_kind_named(std::string_view name);
PoolKind pool_kind_named(std::string_view name);
DropoutKind dropout_kind_named(std::string_view name);

}  // namespace whiteline::nn
