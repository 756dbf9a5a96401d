// How weights follow the gradient of the loss.
#pragma once

#include <string_view>

#include <whiteline/error.hpp>

namespace whiteline::nn {

enum class OptimizerRule {
  sgd,
  rmsprop,  // decay 0.9, epsilon 1e-7 inside the root
  adam,     // beta 0.9 and 0.999, epsilon 1e-7
};
WHITELINE_EXPORT std::string_view name(OptimizerRule rule);                  // "rmsprop"
WHITELINE_EXPORT OptimizerRule optimizer_rule_named(std::string_view name);  // InvalidArgument

struct Optimizer {
  OptimizerRule rule = OptimizerRule::sgd;
  double learning_rate = 0.01;  // > 0; larger learns faster, until the loss diverges
};

}  // namespace whiteline::nn
