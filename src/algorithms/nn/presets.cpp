#include <whiteline/nn/architectures.hpp>

#include <fmt/format.h>

namespace whiteline::nn {

namespace {

Structure dense(int number, std::int64_t layers, std::int64_t units, Activation activation,
                Output output) {
  Structure s;
  s.family = Family::dense;
  s.number = number;
  s.layers = layers;
  s.units = units;
  s.activation = activation;
  s.output = output;
  return s;
}

struct Convolutions {
  std::int64_t blocks, filters, width;
  Pooling pooling = Pooling::none;
  std::int64_t pool_size = 2;
};

Structure convolutional(int number, const Convolutions& c, std::int64_t layers, std::int64_t units,
                        Activation activation) {
  Structure s = dense(number, layers, units, activation, Output::sigmoid);
  s.family = Family::convolutional;
  s.blocks = c.blocks;
  s.filters = c.filters;
  s.width = c.width;
  s.pooling = c.pooling;
  s.pool_size = c.pool_size;
  return s;
}

std::vector<Preset> make_presets() {
  constexpr auto sgd = OptimizerRule::sgd, rmsprop = OptimizerRule::rmsprop;
  return {
      {"dense_tpe",
       "TPE, 250 trials: the paper's dense network",
       dense(10, 5, 890, Activation::tanh, Output::sigmoid),
       {sgd, 0.1}},
      {"dense_tpe_500",
       "TPE, 500 trials",
       dense(10, 9, 725, Activation::selu, Output::sigmoid),
       {sgd, 0.1}},
      {"dense_rs_10",
       "random search, 10 epochs",
       dense(3, 1, 640, Activation::tanh, Output::softmax),
       {rmsprop, 1e-5}},
      {"dense_rs_30",
       "random search, 30 epochs",
       dense(12, 9, 944, Activation::tanh, Output::softmax),
       {rmsprop, 1e-5}},
      {"conv_tpe",
       "TPE, 250 trials: the paper's convolutional network",
       convolutional(5, {2, 11, 4, Pooling::average, 2}, 1, 648, Activation::elu),
       {sgd, 0.01}},
      {"conv_tpe_500",
       "TPE, 500 trials",
       convolutional(7, {2, 6, 5, Pooling::average, 3}, 9, 448, Activation::selu),
       {sgd, 0.01}},
      {"conv_rs_10",
       "random search, 10 epochs",
       convolutional(5, {1, 15, 5}, 1, 672, Activation::relu),
       {OptimizerRule::adam, 1e-3}},
      {"conv_rs_30",
       "random search, 30 epochs",
       convolutional(5, {3, 16, 3}, 8, 720, Activation::tanh),
       {rmsprop, 1e-4}},
  };
}

}  // namespace

std::span<const Preset> presets() {
  static const std::vector<Preset> all = make_presets();
  return all;
}

const Preset& preset(std::string_view name) {
  std::string known;
  for (const Preset& each : presets()) {
    if (each.name == name) return each;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", each.name);
  }
  throw InvalidArgument(
      fmt::format("unknown network `{}` (known: {}) use one of these", name, known));
}

}  // namespace whiteline::nn
