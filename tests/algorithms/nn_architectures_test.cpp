#include <gtest/gtest.h>
#include <whiteline/nn/architectures.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace whiteline::nn {
namespace {

struct Counts {
  std::int64_t all, trainable;
};

void expect_counts(const Network& network, const Counts& expected, const std::string& what) {
  EXPECT_EQ(network.parameter_count(), expected.all) << what;
  EXPECT_EQ(network.trainable_count(), expected.trainable) << what;
}

Structure dense_example(int number) {
  Structure s;
  s.number = number;
  s.layers = 5;
  s.units = 64;
  return s;
}

Structure convolutional_example(int number) {
  Structure s;
  s.family = Family::convolutional;
  s.number = number;
  s.blocks = 2;
  s.filters = 8;
  s.width = 3;
  s.pooling = Pooling::max;
  s.pool_size = 2;
  s.layers = 2;
  s.units = 32;
  return s;
}

TEST(NetworkStructures, HaveThePapersNumbersOfParameters) {
  const Counts dense[] = {{61829, 61829}, {62469, 62469}, {63109, 62469}, {62725, 62469},
                          {62853, 62469}, {62469, 62469}, {63109, 62469}, {63109, 62469},
                          {61829, 61829}, {61829, 61829}, {99205, 99205}, {98693, 98693},
                          {99717, 99205}, {98693, 98693}};
  for (int i = 0; i < structure_count(Family::dense); ++i)
    expect_counts(build(dense_example(i), 700, 5), dense[i], name(dense_example(i)));
  const Counts convolutional[] = {{277, 277},   {341, 309},   {309, 309},   {1741, 1741},
                                  {1557, 1557}, {1877, 1717}, {1717, 1717}, {117149, 115021}};
  for (int i = 0; i < structure_count(Family::convolutional); ++i)
    expect_counts(build(convolutional_example(i), 700, 5), convolutional[i],
                  name(convolutional_example(i)));
}

TEST(NetworkStructures, PresetsHaveTheNumbersOfTheDesign) {
  const auto of = [](std::string_view name, std::int64_t channels, std::int64_t outputs) {
    return build(preset(name).structure, channels, outputs);
  };
  expect_counts(of("dense_tpe", 800, 2), {3022442, 3022442}, "dense_tpe");
  expect_counts(of("dense_tpe", 700, 5), {2849785, 2849785}, "dense_tpe");
  expect_counts(of("dense_rs_30", 700, 5), {6715621, 6700517}, "dense_rs_30");
  expect_counts(of("conv_tpe", 800, 1), {5186, 3846}, "conv_tpe");
  expect_counts(of("conv_tpe", 800, 2), {5846, 4506}, "conv_tpe");
  expect_counts(of("conv_tpe", 700, 5), {7826, 6486}, "conv_tpe");
  EXPECT_EQ(of("conv_rs_10", 700, 1).parameter_count(), 4870);
  EXPECT_EQ(of("conv_rs_10", 700, 2).parameter_count(), 5558);
  expect_counts(of("conv_tpe_500", 700, 5), {107951, 106355}, "conv_tpe_500");
  Structure flat = preset("conv_tpe").structure;
  flat.dense_branch = Structure::DenseBranch::flat;
  expect_counts(build(flat, 700, 5), {460778, 459438}, "conv_tpe, flat");
  flat.head = Structure::Head::flatten;  // 11 filters at 172 positions in place of their averages
  const std::int64_t more = (11 * 172 - 11) * 5;
  expect_counts(build(flat, 700, 5), {460778 + more, 459438 + more}, "conv_tpe, flat, flatten");
}

TEST(NetworkStructures, ResidualNetworksHave33ConvolutionsOnTheMainPath) {
  Structure s = convolutional_example(7);
  s.filters = 64;
  expect_counts(build(s, 700, 5), {7237829, 7220805}, "F 64");
  s.filters = 16;
  const Network network = build(s, 700, 5);
  expect_counts(network, {459317, 455061}, "F 16");
  int wide = 0;
  for (const Node& node : network.nodes())
    if (const auto* conv = std::get_if<Conv1D>(&node.layer)) wide += conv->width > 1;
  EXPECT_EQ(wide, 33);
  s.residual_head = Structure::ResidualHead::dense;
  EXPECT_GT(build(s, 700, 5).parameter_count(), network.parameter_count());
}

TEST(NetworkStructures, RefuseToLeaveNoPosition) {
  for (const auto& [width, fits] : {std::pair(4, true), {5, false}, {6, false}}) {
    Structure s = convolutional_example(0);
    s.blocks = 5;
    s.pool_size = 3;
    s.width = width;
    if (fits)
      EXPECT_NO_THROW(build(s, 700, 5)) << width;
    else
      EXPECT_THROW(build(s, 700, 5), InvalidArgument) << width;
  }
}

TEST(NetworkStructures, RefuseNumbersOutOfRange) {
  EXPECT_THROW(build(dense_example(14), 700, 5), InvalidArgument);
  EXPECT_THROW(build(convolutional_example(8), 700, 5), InvalidArgument);
  EXPECT_THROW(build(dense_example(0), 0, 5), InvalidArgument);
  EXPECT_THROW(build(dense_example(0), 700, 0), InvalidArgument);
  Structure s = dense_example(9);
  s.dropout = 1.0;
  EXPECT_THROW(build(s, 700, 5), InvalidArgument);
  s = dense_example(0);
  s.layers = 0;
  EXPECT_THROW(build(s, 700, 5), InvalidArgument);
  EXPECT_THROW(preset("conv_tp"), InvalidArgument);
}

TEST(NetworkDescription, ComesBackFromJson) {
  std::vector<Network> networks;
  for (int i = 0; i < structure_count(Family::dense); ++i)
    networks.push_back(build(dense_example(i), 40, 3));
  for (int i = 0; i < structure_count(Family::convolutional); ++i)
    networks.push_back(build(convolutional_example(i), 90, 1));
  for (const Preset& each : presets()) networks.push_back(build(each.structure, 100, 2));
  for (const Network& network : networks) {
    const std::string text = network.to_json();
    const Network back = Network::from_json(text);
    EXPECT_EQ(back.to_json(), text);
    EXPECT_EQ(back.parameter_count(), network.parameter_count());
    EXPECT_EQ(back.output(), network.output());
  }
}

TEST(NetworkDescription, IsRefusedWhereItIsDamaged) {
  const char* const damaged[] = {
      "",
      "[]",
      "{}",
      R"({"channels":4,"output":"softmax"})",
      R"({"channels":4,"output":"sofmax","nodes":[]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"dense","inputs":[0]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"lstm","inputs":[0]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"flatten","inputs":[1]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"flatten","inputs":[]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"flatten","inputs":[-1]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"flatten","inputs":[1e9]}]})",
      R"({"channels":4,"output":"softmax","nodes":[{"layer":"flatten","inputs":[0],"x":1}]})",
      R"({"channels":0,"output":"softmax","nodes":[]})"};
  for (const char* text : damaged) EXPECT_THROW(Network::from_json(text), InvalidArgument) << text;
}

TEST(NetworkDescription, ShapesFollowKeras) {
  Network network(700);
  network.add(Unflatten{});
  network.add(Conv1D{4, 7, 2, Padding::same});
  EXPECT_EQ(network.nodes().back().shape, (Shape{350, 4}));
  network.add(Pool{PoolKind::max, 3, 2, Padding::same});
  EXPECT_EQ(network.nodes().back().shape, (Shape{175, 4}));
  network.add(Conv1D{2, 4, 3});
  EXPECT_EQ(network.nodes().back().shape, (Shape{58, 2}));
  network.add(Flatten{});
  EXPECT_EQ(network.nodes().back().shape, (Shape{1, 116}));
  EXPECT_THROW(network.add(Add{}, {1, 2}), InvalidArgument);
  EXPECT_THROW(network.add(Concat{}, {5}), InvalidArgument);
  EXPECT_THROW(network.add(Unflatten{}, {2}), InvalidArgument);
  EXPECT_THROW(network.add(Pool{PoolKind::average, 2, 2, Padding::same}, {2}), InvalidArgument);
  EXPECT_EQ(network.last(), 5);
}

TEST(NetworkDescription, LayersOfGeneratorsHaveTheirShapes) {
  Network network(24, Output::spectrum);
  network.add(Unflatten{4});
  EXPECT_EQ(network.nodes().back().shape, (Shape{6, 4}));
  network.add(Conv1DTranspose{3, 5, 2});
  EXPECT_EQ(network.nodes().back().shape, (Shape{12, 3}));
  EXPECT_EQ(network.parameter_count(), 5 * 3 * 4 + 3);
  network.add(Crop{11});
  EXPECT_EQ(network.nodes().back().shape, (Shape{11, 3}));
  network.add(Translation{10});
  network.add(GaussianNoise{0.0});
  network.add(PoissonNoise{10.0, -1.0});
  EXPECT_EQ(network.nodes().back().shape, (Shape{11, 3}));
  network.add(Flatten{});
  network.add(MinibatchDiscrimination{11, 3});
  EXPECT_EQ(network.nodes().back().shape, (Shape{1, 11}));
  EXPECT_EQ(network.parameter_count(), 63);
  EXPECT_EQ(Network::from_json(network.to_json()).to_json(), network.to_json());
  const auto refused = [&](const Layer& layer, std::int32_t input) {
    EXPECT_THROW(network.add(layer, {input}), InvalidArgument) << kind(layer);
  };
  refused(Unflatten{5}, 0);
  refused(Unflatten{0}, 0);
  refused(Conv1DTranspose{3, 0, 2}, 1);
  refused(Crop{0}, 1);
  refused(Crop{7}, 1);
  refused(Translation{6}, 1);
  refused(Translation{0}, 1);
  refused(GaussianNoise{-0.1}, 0);
  refused(PoissonNoise{0.0, 1.0}, 0);
  refused(PoissonNoise{10.5, 1.0}, 0);
  refused(MinibatchDiscrimination{5, 5}, 0);
  refused(MinibatchDiscrimination{6, 1}, 1);
}

TEST(NetworkDescription, SummaryNamesLayersAndParameters) {
  const std::string text = summary(build(preset("conv_tpe").structure, 800, 2));
  EXPECT_NE(text.find("global_average"), std::string::npos) << text;
  EXPECT_NE(text.find("5846 parameters, 4506 of them trained; 2 outputs, sigmoid"),
            std::string::npos)
      << text;
}

TEST(NetworkWeights, BeginAsGlorotSays) {
  Network network(30);
  network.add(Dense{50});
  network.add(Norm{NormKind::batch});
  network.add(Unflatten{});
  network.add(Conv1D{6, 5});
  const Weights weights = initial_weights(network, 7);
  const auto& parameters = network.parameters();
  ASSERT_EQ(weights.values.size(), parameters.size());
  const auto largest = [](const std::vector<float>& table) {
    float most = 0.0f;
    for (const float w : table) most = std::max(most, std::abs(w));
    return double(most);
  };
  const double limit = std::sqrt(6.0 / 80.0), conv_limit = std::sqrt(6.0 / (5.0 + 30.0));
  EXPECT_LE(largest(weights.values[0]), limit);
  EXPECT_GT(largest(weights.values[0]), 0.99 * limit);
  double mean = 0.0, square = 0.0;
  for (const float w : weights.values[0]) {
    mean += w / 1500.0;
    square += w * w / 1500.0;
  }
  EXPECT_NEAR(mean, 0.0, 4.0 * limit / std::sqrt(3.0 * 1500.0));
  EXPECT_NEAR(square, limit * limit / 3.0, 0.1 * limit * limit / 3.0);
  EXPECT_EQ(weights.values[1], std::vector<float>(50, 0.0f));  // bias
  EXPECT_EQ(weights.values[2], std::vector<float>(50, 1.0f));  // gamma
  EXPECT_EQ(weights.values[3], std::vector<float>(50, 0.0f));  // beta
  EXPECT_EQ(weights.values[4], std::vector<float>(50, 0.0f));  // moving mean
  EXPECT_EQ(weights.values[5], std::vector<float>(50, 1.0f));  // moving variance
  EXPECT_EQ(weights.values[6].size(), 30u);
  EXPECT_LE(largest(weights.values[6]), conv_limit);
  EXPECT_GT(largest(weights.values[6]), 0.8 * conv_limit);
  EXPECT_EQ(initial_weights(network, 7).values, weights.values);
  EXPECT_NE(initial_weights(network, 8).values[0], weights.values[0]);
  EXPECT_NE(initial_weights(network, 7, 1).values[0], weights.values[0]);
  EXPECT_NE(initial_weights(network, 7, 0, 9).values[0], weights.values[0]);
}

}  // namespace
}  // namespace whiteline::nn
