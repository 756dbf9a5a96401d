#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "algorithms/nn/workspace.hpp"
#include "algorithms/nn_reference.hpp"
#include "support/ops_backends.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

using nn::Activation;
using nn::Network;

constexpr std::uint64_t seed = 11;

struct DeviceStep {
  core::TrainingState state;
  nn::Weights gradients, weights;
};

// One batch forward and backward, without a step.
DeviceStep device_step(const Context& ctx, const Network& network, const nn::Weights& weights,
                       const Batch& batch) {
  nn::DeviceParameters parameters(ctx, network, formulas::DescentRule::gradient_only);
  parameters.write(weights);
  const nn::Layout layout = make_layout(network, batch.samples, nn::Use::training);
  nn::Workspace workspace(ctx, {&layout});
  core::Buffer<core::TrainingState> state = nn::new_state(ctx);
  const core::Descent descent{formulas::DescentRule::gradient_only, 0.0f,
                              std::as_const(state).span()};
  const nn::Program program(network, layout, parameters,
                            workspace.surroundings(state, descent, seed, 0));
  const Matrix x = Matrix::from_host(ctx, {batch.x.data(), batch.samples, batch.channels});
  std::vector<std::int32_t> order(at(batch.samples));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = std::int32_t(i);
  const core::Buffer<std::int32_t> rows(ctx, order), labels(ctx, batch.labels);
  core::NetworkOps& ops = nn::network_ops(ctx);
  ops.gather_batch(x.view(), {}, rows.span(), program.input(), {});
  program.forward(ops);
  ops.loss_gradient(nn::loss_of(network.output()), program.logits(), {labels.span(), {}},
                    state.span(), program.logits_gradient());
  program.backward(ops);
  return {state.to_host().front(), parameters.read_gradients(), parameters.read()};
}

double largest(const std::vector<double>& table) {
  double most = 0.0;
  for (const double value : table) most = std::max(most, std::abs(value));
  return most;
}

void expect_the_gradients(const Context& ctx, const Network& network, const std::string& what) {
  SCOPED_TRACE(what);
  const Batch batch = random_batch(network, 6, 5);
  const nn::Weights weights = random_weights(network, 3);
  const std::int64_t terms = 256 * network.last();  // roundings on the way to a gradient, about
  const auto reference = [&](const std::vector<std::vector<double>>& tables) {
    return reference_step(network, tables, {batch.x.begin(), batch.x.end()}, batch.labels,
                          layer_draws(network, {.seed = seed}));
  };
  const ReferenceStep expected = reference(as_doubles(weights));
  const ReferenceStep beside = reference(nudged(as_doubles(weights), 1));
  const DeviceStep step = device_step(ctx, network, weights, batch);
  EXPECT_EQ(step.state.rows, batch.samples);
  EXPECT_NEAR(step.state.loss / double(batch.samples), expected.loss,
              tolerance(terms, expected.loss));
  double overall = 0.0;
  for (const auto& table : expected.gradients) overall = std::max(overall, largest(table));
  for (std::size_t p = 0; p < expected.gradients.size(); ++p) {
    const nn::Parameter& parameter = network.parameters()[p];
    if (!parameter.trainable()) continue;
    // Tables with small gradients are sums of larger ones that cancel.
    const double magnitude = std::max(largest(expected.gradients[p]), 0.05 * overall);
    const double allowed = tolerance(terms, magnitude) +
                           2.0 * largest_difference(expected.gradients[p], beside.gradients[p]);
    for (std::size_t i = 0; i < expected.gradients[p].size(); ++i)
      ASSERT_NEAR(step.gradients.values[p][i], expected.gradients[p][i], allowed)
          << "node " << parameter.node << ", " << name(parameter.role) << " " << i;
  }
  for (const auto& [p, values] : expected.moving)
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(step.weights.values[p][i], values[i],
                  tolerance(terms, std::abs(values[i]) + 0.1));
}

class NetworkGradients : public OpsTest<&core::Ops::network> {};

TEST_P(NetworkGradients, OfActivationsAreThoseOfTheDefinition) {
  for (int a = 0; a <= int(Activation::leaky_relu); ++a) {
    Network network(7);
    network.add(nn::Dense{5, Activation(a)});
    network.add(nn::Dense{4, Activation(a), false});
    network.add(nn::Dense{3});
    expect_the_gradients(ctx(), network, std::string(name(Activation(a))));
    Network normed(7);
    normed.add(nn::Dense{5, Activation(a)});
    normed.add(nn::Norm{nn::NormKind::layer});
    normed.add(nn::Dense{5});
    normed.add(nn::Norm{nn::NormKind::batch, Activation(a)});
    normed.add(nn::Dense{3});
    expect_the_gradients(ctx(), normed, "norms, " + std::string(name(Activation(a))));
  }
}

TEST_P(NetworkGradients, OfLossesAreThoseOfTheDefinition) {
  for (const nn::Output output : {nn::Output::softmax, nn::Output::sigmoid})
    for (const std::int64_t outputs : {1, 2, 5}) {
      if (output == nn::Output::softmax && outputs == 1) continue;
      Network network(4, output);
      network.add(nn::Dense{3, Activation::tanh});
      network.add(nn::Dense{outputs});
      expect_the_gradients(ctx(), network,
                           std::string(name(output)) + " of " + std::to_string(outputs));
    }
}

TEST_P(NetworkGradients, OfConvolutionsAreThoseOfTheDefinition) {
  for (const std::int64_t width : {1, 2, 3, 5})
    for (const std::int64_t stride : {1, 2, 3})
      for (const nn::Padding padding : {nn::Padding::valid, nn::Padding::same})
        for (const bool bias : {true, false}) {
          Network network(11);
          network.add(nn::Unflatten{});
          network.add(nn::Conv1D{3, width, stride, padding, Activation::tanh, bias});
          network.add(nn::Conv1D{4, std::min<std::int64_t>(width, 3), 1, padding,
                                 Activation::linear, bias});
          network.add(nn::Flatten{});
          network.add(nn::Dense{2});
          expect_the_gradients(ctx(), network,
                               "width " + std::to_string(width) + ", stride " +
                                   std::to_string(stride) + (bias ? ", bias" : ""));
        }
}

TEST_P(NetworkGradients, OfPoolsAreThoseOfTheDefinition) {
  const nn::Pool pools[] = {{nn::PoolKind::max, 2, 2},
                            {nn::PoolKind::max, 3, 3},
                            {nn::PoolKind::average, 2, 2},
                            {nn::PoolKind::average, 3, 3},
                            {nn::PoolKind::max, 3, 2, nn::Padding::same}};
  for (const nn::Pool& pool : pools)
    for (const bool flatten : {true, false}) {
      Network network(17);
      network.add(nn::Unflatten{});
      network.add(nn::Conv1D{3, 2});
      network.add(pool);
      network.add(flatten ? nn::Layer(nn::Flatten{}) : nn::Layer(nn::GlobalAverage{}));
      network.add(nn::Dense{2});
      expect_the_gradients(ctx(), network, "size " + std::to_string(pool.size));
    }
}

TEST_P(NetworkGradients, OfNormsAfterConvolutionsAreThoseOfTheDefinition) {
  for (const nn::NormKind kind : {nn::NormKind::layer, nn::NormKind::batch}) {
    Network network(12);
    network.add(nn::Norm{kind});
    network.add(nn::Unflatten{});
    network.add(nn::Conv1D{4, 3, 1, nn::Padding::valid, Activation::elu});
    network.add(nn::Norm{kind, Activation::sigmoid});
    network.add(nn::Pool{});
    network.add(nn::Norm{kind});
    network.add(nn::Dense{3, Activation::tanh});
    network.add(nn::Flatten{});
    network.add(nn::Dense{2});
    expect_the_gradients(ctx(), network, kind == nn::NormKind::layer ? "layer" : "batch");
  }
}

// Branches on single channels run as one verb where they can.
TEST_P(NetworkGradients, OfBranchesOnSingleChannelsAreThoseOfTheDefinition) {
  for (const std::int64_t layers : {1, 2})
    for (const int norm : {0, 1, 2})
      for (const Activation activation : {Activation::elu, Activation::sigmoid}) {
        Network network(9);
        network.add(nn::Unflatten{});
        for (std::int64_t layer = 0; layer < layers; ++layer) {
          network.add(nn::Dense{5, activation});
          if (norm > 0)
            network.add(nn::Norm{norm == 1 ? nn::NormKind::batch : nn::NormKind::layer});
        }
        network.add(nn::GlobalAverage{});
        network.add(nn::Dense{3});
        expect_the_gradients(ctx(), network,
                             std::to_string(layers) + " layers, norm " + std::to_string(norm));
      }
}

TEST_P(NetworkGradients, OfDropoutAreThoseOfItsDraws) {
  for (const nn::DropoutKind kind : {nn::DropoutKind::binary, nn::DropoutKind::gaussian}) {
    Network network(9);
    network.add(nn::Dense{7, Activation::tanh});
    network.add(nn::Dropout{0.4, kind});
    network.add(nn::Unflatten{});
    network.add(nn::Conv1D{3, 2});
    network.add(nn::Dropout{0.3, kind});
    network.add(nn::Flatten{});
    network.add(nn::Dropout{0.1, kind});
    network.add(nn::Dense{3});
    expect_the_gradients(ctx(), network, kind == nn::DropoutKind::binary ? "binary" : "gaussian");
  }
}

TEST_P(NetworkGradients, OfNoisesAndTranslationsAreThoseOfTheirDraws) {
  Network network(9);
  network.add(nn::Dense{12, Activation::leaky_relu});
  network.add(nn::PoissonNoise{0.5, 0.25});
  network.add(nn::GaussianNoise{0.15});
  network.add(nn::Dense{8, Activation::leaky_relu});
  network.add(nn::Translation{3});
  network.add(nn::Dense{10, Activation::tanh}, {0});
  network.add(nn::Translation{1});
  network.add(nn::Dense{4, Activation::tanh}, {5});
  network.add(nn::GaussianNoise{0.1}, {5});
  network.add(nn::Concat{}, {6, 7, 8, 9});
  network.add(nn::Dense{3});
  expect_the_gradients(ctx(), network, "vectors");
  Network map(12);
  map.add(nn::Unflatten{3});
  map.add(nn::Conv1D{4, 3, 1, nn::Padding::same, Activation::elu});
  map.add(nn::Translation{2});
  map.add(nn::PoissonNoise{0.15, 1.0});
  map.add(nn::Crop{3});
  map.add(nn::Conv1D{2, 3, 1, nn::Padding::same, Activation::tanh});
  map.add(nn::Flatten{});
  map.add(nn::Dense{2});
  expect_the_gradients(ctx(), map, "maps");
}

TEST_P(NetworkGradients, OfTransposedConvolutionsAreThoseOfTheDefinition) {
  for (const std::int64_t width : {1, 2, 3, 5})
    for (const std::int64_t stride : {1, 2, 3})
      for (const bool bias : {true, false}) {
        Network network(12);
        network.add(nn::Unflatten{2});
        network.add(nn::Conv1DTranspose{3, width, stride, Activation::tanh, bias});
        network.add(nn::Conv1DTranspose{2, width, 2, Activation::linear, bias});
        network.add(nn::Flatten{});
        network.add(nn::Dense{2});
        expect_the_gradients(
            ctx(), network,
            "width " + std::to_string(width) + ", stride " + std::to_string(stride));
      }
}

TEST_P(NetworkGradients, OfMinibatchDiscriminationAreThoseOfTheDefinition) {
  Network network(7);
  network.add(nn::Dense{6, Activation::leaky_relu});
  network.add(nn::Dense{15, Activation::linear, false});
  network.add(nn::MinibatchDiscrimination{5, 3});
  network.add(nn::Concat{}, {1, 3});
  network.add(nn::Dense{3});
  expect_the_gradients(ctx(), network, "minibatch");
}

// Outputs that several layers use, joined tables that cannot lie where they are joined.
TEST_P(NetworkGradients, OfGraphsAreThoseOfTheDefinition) {
  const std::pair<const char*, std::function<void(Network&)>> graphs[] = {
      {"two norms on one layer",
       [](Network& n) {
         n.add(nn::Dense{6, Activation::tanh});
         n.add(nn::Norm{nn::NormKind::layer}, {1});
         n.add(nn::Norm{nn::NormKind::batch}, {1});
         n.add(nn::Add{Activation::elu}, {2, 3});
       }},
      {"a norm, a dropout and a dense layer on one layer",
       [](Network& n) {
         n.add(nn::Dense{6, Activation::tanh});
         n.add(nn::Norm{nn::NormKind::layer}, {1});
         n.add(nn::Dropout{0.3}, {1});
         n.add(nn::Dense{4, Activation::tanh}, {1});
         n.add(nn::Concat{}, {2, 3, 4});
       }},
      {"a table joined with itself and the spectrum",
       [](Network& n) {
         n.add(nn::Dense{6, Activation::tanh});
         n.add(nn::Concat{}, {1, 0, 1});
       }},
      {"joined tables joined again",
       [](Network& n) {
         n.add(nn::Dense{4, Activation::tanh});
         n.add(nn::Dense{3, Activation::tanh}, {0});
         n.add(nn::Concat{}, {1, 2});
         n.add(nn::Dense{2, Activation::tanh}, {0});
         n.add(nn::Concat{}, {4, 3});
         n.add(nn::Concat{}, {5, 3, 1});
       }},
      {"flattened maps joined with a vector",
       [](Network& n) {
         n.add(nn::Unflatten{});
         n.add(nn::Conv1D{3, 2});
         n.add(nn::Flatten{});
         n.add(nn::Dense{5, Activation::tanh}, {0});
         n.add(nn::Concat{}, {3, 4});
       }},
      {"maps joined, flattened, and averaged",
       [](Network& n) {
         n.add(nn::Unflatten{});
         n.add(nn::Conv1D{3, 2, 1, nn::Padding::same});
         n.add(nn::Conv1D{2, 3, 1, nn::Padding::same}, {1});
         n.add(nn::Concat{}, {2, 3});
         n.add(nn::Flatten{}, {4});
         n.add(nn::GlobalAverage{}, {4});
         n.add(nn::Concat{}, {5, 6});
       }},
      {"a residual sum of one table", [](Network& n) {
         n.add(nn::Dense{6, Activation::tanh});
         n.add(nn::Add{}, {1, 1});
         n.add(nn::Dense{6}, {2});
         n.add(nn::Add{Activation::relu}, {2, 3});
         n.add(nn::Add{}, {4, 1});
       }}};
  for (const auto& [what, add_to] : graphs) {
    Network network(8);
    add_to(network);
    network.add(nn::Dense{3});
    expect_the_gradients(ctx(), network, what);
  }
}

TEST_P(NetworkGradients, OfAllStructuresAreThoseOfTheDefinition) {
  for (nn::Structure s : small_structures())
    for (const Activation activation : {Activation::elu, Activation::relu}) {
      s.activation = activation;
      expect_the_gradients(ctx(), build(s, 20, 3), name(s));
    }
}

TEST_P(NetworkGradients, OfStructuresInOtherFormsAreThoseOfTheDefinition) {
  for (int number : {0, 4, 5, 6, 7}) {
    nn::Structure s = small_structure(nn::Family::convolutional, number);
    s.output = nn::Output::sigmoid;
    s.activation = Activation::selu;
    s.head = nn::Structure::Head::flatten;
    s.dense_branch = nn::Structure::DenseBranch::flat;
    s.residual_head = nn::Structure::ResidualHead::dense;
    s.pooling = nn::Pooling::average;
    expect_the_gradients(ctx(), build(s, 20, 3), name(s));
    s.pooling = nn::Pooling::none;
    s.layers = 1;
    s.dense_branch = nn::Structure::DenseBranch::per_channel;
    expect_the_gradients(ctx(), build(s, 20, 1), name(s) + ", one output");
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, NetworkGradients, all_backends(), backend_name);

TEST(NetworkLayout, RefusesWhatNothingUsesAndMapsAsOutputs) {
  Network network(8);
  network.add(nn::Dense{4});
  network.add(nn::Dense{3}, {0});
  EXPECT_THROW(make_layout(network, 4, nn::Use::training), InvalidArgument);
  Network map(8);
  map.add(nn::Unflatten{});
  EXPECT_THROW(make_layout(map, 4, nn::Use::inference), InvalidArgument);
}

TEST(NetworkLayout, NeedsLessMemoryForAnswersThanForTraining) {
  const Network network = build(small_structure(nn::Family::convolutional, 7), 200, 3);
  EXPECT_LT(3 * make_layout(network, 32, nn::Use::inference).floats,
            make_layout(network, 32, nn::Use::training).floats);
}

}  // namespace
}  // namespace whiteline::test
