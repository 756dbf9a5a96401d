#include <whiteline/nn/layer.hpp>

#include <array>
#include <utility>

#include "algorithms/nn/names.hpp"
#include "core/names.hpp"

namespace whiteline::nn {

namespace {

template <class Value, std::size_t size>
using Names = std::array<std::pair<Value, std::string_view>, size>;

constexpr Names<Activation, 8> activations{{
    {Activation::linear, "linear"},
    {Activation::relu, "relu"},
    {Activation::sigmoid, "sigmoid"},
    {Activation::tanh, "tanh"},
    {Activation::elu, "elu"},
    {Activation::selu, "selu"},
    {Activation::exponential, "exponential"},
    {Activation::leaky_relu, "leaky_relu"},
}};
constexpr Names<Output, 3> outputs{{
    {Output::softmax, "softmax"},
    {Output::sigmoid, "sigmoid"},
    {Output::spectrum, "spectrum"},
}};
constexpr Names<OptimizerRule, 3> rules{{
    {OptimizerRule::sgd, "sgd"},
    {OptimizerRule::rmsprop, "rmsprop"},
    {OptimizerRule::adam, "adam"},
}};
constexpr Names<Pooling, 3> poolings{
    {{Pooling::none, "none"}, {Pooling::max, "max"}, {Pooling::average, "average"}}};
constexpr Names<ParameterRole, 6> roles{{
    {ParameterRole::weights, "weights"},
    {ParameterRole::bias, "bias"},
    {ParameterRole::gamma, "gamma"},
    {ParameterRole::beta, "beta"},
    {ParameterRole::moving_mean, "moving_mean"},
    {ParameterRole::moving_variance, "moving_variance"},
}};
constexpr Names<TrainingStatus, 3> statuses{{
    {TrainingStatus::finished, "finished"},
    {TrainingStatus::stopped, "stopped"},
    {TrainingStatus::diverged, "diverged"},
}};
constexpr Names<Padding, 2> paddings{{{Padding::valid, "valid"}, {Padding::same, "same"}}};
constexpr Names<NormKind, 2> norm_kinds{{{NormKind::layer, "layer"}, {NormKind::batch, "batch"}}};
constexpr Names<PoolKind, 2> pool_kinds{{{PoolKind::max, "max"}, {PoolKind::average, "average"}}};
constexpr Names<DropoutKind, 2> dropout_kinds{
    {{DropoutKind::binary, "binary"}, {DropoutKind::gaussian, "gaussian"}}};

using core::name_of;
using core::value_named;

}  // namespace

std::string_view name(Activation activation) { return name_of(activations, activation); }
Activation activation_named(std::string_view name) {
  return value_named(activations, "activation", name);
}
std::string_view name(Output output) { return name_of(outputs, output); }
Output output_named(std::string_view name) { return value_named(outputs, "output", name); }
std::string_view name(OptimizerRule rule) { return name_of(rules, rule); }
OptimizerRule optimizer_rule_named(std::string_view name) {
  return value_named(rules, "optimizer", name);
}
std::string_view name(Pooling pooling) { return name_of(poolings, pooling); }
Pooling pooling_named(std::string_view name) { return value_named(poolings, "pooling", name); }
std::string_view name(ParameterRole role) { return name_of(roles, role); }
std::string_view name(TrainingStatus status) { return name_of(statuses, status); }

std::string_view name(Padding padding) { return name_of(paddings, padding); }
std::string_view name(NormKind kind) { return name_of(norm_kinds, kind); }
std::string_view name(PoolKind kind) { return name_of(pool_kinds, kind); }
std::string_view name(DropoutKind kind) { return name_of(dropout_kinds, kind); }
Padding padding_named(std::string_view name) { return value_named(paddings, "padding", name); }
NormKind norm_kind_named(std::string_view name) {
  return value_named(norm_kinds, "kind of norm", name);
}
PoolKind pool_kind_named(std::string_view name) {
  return value_named(pool_kinds, "kind of pool", name);
}
DropoutKind dropout_kind_named(std::string_view name) {
  return value_named(dropout_kinds, "kind of dropout", name);
}

std::string_view kind(const Layer& layer) {
  constexpr std::string_view kinds[] = {"input",
                                        "dense",
                                        "conv1d",
                                        "norm",
                                        "pool",
                                        "global_average",
                                        "flatten",
                                        "unflatten",
                                        "concat",
                                        "add",
                                        "dropout",
                                        "conv1d_transpose",
                                        "crop",
                                        "gaussian_noise",
                                        "poisson_noise",
                                        "translation",
                                        "minibatch_discrimination"};
  static_assert(std::size(kinds) == std::variant_size_v<Layer>);
  return kinds[layer.index()];
}

}  // namespace whiteline::nn
