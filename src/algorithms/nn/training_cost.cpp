#include <whiteline/nn/training.hpp>

#include <algorithm>

#include "algorithms/nn/device_parameters.hpp"
#include "algorithms/nn/layout.hpp"

namespace whiteline::nn {

namespace {

// Operations of one row, forward and backward, beside memory: counted in the loops of formulas/.
constexpr double of_product = 6.0, of_exponential = 30.0, of_cheap_activation = 4.0,
                 of_normalised = 20.0, of_pooled = 2.0;

double of_activation(Activation activation) {
  switch (activation) {
    case Activation::linear:
      return 0.0;
    case Activation::relu:
    case Activation::leaky_relu:
      return of_cheap_activation;
    default:
      return of_exponential;
  }
}

class Operations {
 public:
  Operations(const Network& network, const Node& node)
      : input_(network.nodes()[std::size_t(node.inputs.front())].shape), output_(node.shape) {}

  double operator()(const Dense& dense) const {
    return weighted(input_.features, output_.positions * dense.units, dense.activation);
  }
  double operator()(const Conv1D& conv) const {
    return weighted(conv.width * input_.features, double(output_.size()), conv.activation);
  }
  double operator()(const Conv1DTranspose& conv) const {
    return of_product * double(input_.size()) * double(conv.width * conv.filters) +
           of_activation(conv.activation) * double(output_.size());
  }
  double operator()(const Norm& norm) const {
    return (of_normalised + of_activation(norm.activation)) * double(output_.size());
  }
  double operator()(const Add& add) const {
    return of_activation(add.activation) * double(output_.size());
  }
  double operator()(const Pool&) const { return of_pooled * double(input_.size()); }
  double operator()(const GlobalAverage&) const { return of_pooled * double(input_.size()); }
  template <class Other>
  double operator()(const Other&) const {
    return 0.0;
  }

 private:
  static double weighted(std::int64_t inputs, double outputs, Activation activation) {
    return outputs * (of_product * double(inputs) + of_activation(activation));
  }

  const Shape &input_, &output_;
};

}  // namespace

double training_flop(const Network& network, std::int64_t rows, std::int64_t epochs) {
  double sum = 0.0;
  for (const Node& node : network.nodes())
    if (!node.inputs.empty()) sum += std::visit(Operations(network, node), node.layer);
  return sum * double(rows) * double(epochs);
}

double training_bytes(const Network& network, OptimizerRule rule, std::int64_t batch) {
  const Layout training = make_layout(network, batch, Use::training);
  const Layout inference = make_layout(network, batch, Use::inference);
  const double tables = rule == OptimizerRule::adam      ? 3.0
                        : rule == OptimizerRule::rmsprop ? 2.0
                                                         : 1.0;
  return 4.0 * double(std::max(training.floats, inference.floats)) +
         8.0 * double(std::max(training.doubles, inference.doubles)) +
         4.0 * tables * double(padded_size(network));
}

}  // namespace whiteline::nn
