#include <gtest/gtest.h>
#include <whiteline/gan.hpp>

namespace whiteline {
namespace {

using nn::Network;

constexpr GanArchitecture architectures[] = {GanArchitecture::simple_dense,
                                             GanArchitecture::large_dense,
                                             GanArchitecture::simple_convolutional};

std::vector<std::int64_t> dense_widths(const Network& network) {
  std::vector<std::int64_t> widths;
  for (const nn::Node& node : network.nodes())
    if (const auto* dense = std::get_if<nn::Dense>(&node.layer)) widths.push_back(dense->units);
  return widths;
}

template <class Layer>
std::int64_t count_of(const Network& network) {
  std::int64_t count = 0;
  for (const nn::Node& node : network.nodes()) count += std::holds_alternative<Layer>(node.layer);
  return count;
}

TEST(GanStructures, HaveTheNumbersOfParametersOfTheDesign) {
  const std::int64_t generators[] = {1131984, 1838024, 89113},
                     discriminators[] = {3104921, 4070553, 1758705};
  for (int a = 0; a < 3; ++a) {
    const GanStructure s{.architecture = architectures[a]};
    EXPECT_EQ(gan_generator(s, 700, 4).parameter_count(), generators[a]) << name(architectures[a]);
    EXPECT_EQ(gan_discriminator(s, 700).parameter_count(), discriminators[a])
        << name(architectures[a]);
  }
}

TEST(GanStructures, ASecondMinibatchDiscriminationWidensTheBranches) {
  GanStructure s{.minibatch_layers = 2};
  EXPECT_EQ(gan_discriminator(s, 700).parameter_count(), 4161921);
  s.architecture = GanArchitecture::large_dense;
  EXPECT_EQ(gan_discriminator(s, 700).parameter_count(), 5249753);
  s.architecture = GanArchitecture::simple_convolutional;
  EXPECT_EQ(count_of<nn::MinibatchDiscrimination>(gan_discriminator(s, 700)), 4);
}

TEST(GanStructures, SegmentsHaveRoundedWidths) {
  const std::vector<std::int64_t> widths = dense_widths(gan_generator({}, 700, 4));
  ASSERT_EQ(widths.size(), 32u);
  for (std::size_t segment = 0; segment < 6; ++segment)
    EXPECT_EQ(std::vector<std::int64_t>(widths.begin() + std::ptrdiff_t(5 * segment),
                                        widths.begin() + std::ptrdiff_t(5 * segment + 5)),
              (std::vector<std::int64_t>{30, 99, 88, 58, 117}));
  EXPECT_EQ(widths[30], 700);
  EXPECT_EQ(widths[31], 700);
  EXPECT_EQ(gan_generator({.segment_divisor = 4}, 700, 4).parameter_count(), 1540740);
}

TEST(GanStructures, GeneratorsMakeSpectraAndDiscriminatorsOneLogit) {
  for (const GanArchitecture architecture : architectures)
    for (const std::int64_t channels : {48, 49, 50, 51, 333}) {
      const GanStructure s{.architecture = architecture, .latent = 7};
      const Network generator = gan_generator(s, channels, 6);
      EXPECT_EQ(generator.channels(), 7);
      EXPECT_EQ(generator.outputs(), channels);
      EXPECT_EQ(generator.nodes().back().shape.positions, 1);
      EXPECT_EQ(generator.output(), nn::Output::spectrum);
      const Network discriminator = gan_discriminator(s, channels);
      EXPECT_EQ(discriminator.channels(), channels);
      EXPECT_EQ(discriminator.outputs(), 1);
      EXPECT_EQ(discriminator.classes(), 2);
    }
}

TEST(GanStructures, NoisesStandWhereTheDesignHasThem) {
  const auto expect_noises = [](GanArchitecture architecture, std::int64_t poisson,
                                std::int64_t gaussian, std::int64_t translations) {
    const Network network = gan_generator({.architecture = architecture}, 700, 3);
    EXPECT_EQ(count_of<nn::PoissonNoise>(network), poisson) << name(architecture);
    EXPECT_EQ(count_of<nn::GaussianNoise>(network), gaussian) << name(architecture);
    EXPECT_EQ(count_of<nn::Translation>(network), translations) << name(architecture);
  };
  expect_noises(GanArchitecture::simple_dense, 25, 24, 7);
  expect_noises(GanArchitecture::large_dense, 13, 12, 7);
  expect_noises(GanArchitecture::simple_convolutional, 2, 2, 1);
}

TEST(GanStructures, ConvolutionalOnesCropTheirLastPositions) {
  const GanStructure s{.architecture = GanArchitecture::simple_convolutional};
  EXPECT_EQ(count_of<nn::Crop>(gan_generator(s, 700, 2)), 0);
  EXPECT_EQ(count_of<nn::Crop>(gan_generator(s, 701, 2)), 1);
}

TEST(GanStructures, ComeBackFromTheirDescriptions) {
  for (const GanArchitecture architecture : architectures)
    for (const Network& network : {gan_generator({.architecture = architecture}, 101, 3),
                                   gan_discriminator({.architecture = architecture}, 101)}) {
      const std::string text = network.to_json();
      EXPECT_EQ(Network::from_json(text).to_json(), text);
    }
}

TEST(GanStructures, RefuseWhatCannotBeBuilt) {
  EXPECT_THROW(gan_generator({}, 8, 1), InvalidArgument);
  EXPECT_THROW(gan_generator({}, 24, 6), InvalidArgument);  // segments are 4 wide
  EXPECT_THROW(gan_generator({.latent = 0}, 700, 1), InvalidArgument);
  EXPECT_THROW(gan_generator({.segment_divisor = 0}, 700, 1), InvalidArgument);
  EXPECT_THROW(gan_discriminator({.minibatch_layers = 3}, 700), InvalidArgument);
  EXPECT_THROW(gan_discriminator({.minibatch_layers = 0}, 700), InvalidArgument);
}

TEST(GanStructures, HaveNamesThatAreFoundAgain) {
  for (const GanArchitecture architecture : architectures)
    EXPECT_EQ(gan_architecture_named(name(architecture)), architecture);
  for (int d = 0; d < 4; ++d) EXPECT_EQ(gan_design_named(name(GanDesign(d))), GanDesign(d));
  EXPECT_EQ(name(GanDesign::single_bi_trans), "Single-BiTrans");
  EXPECT_THROW(gan_design_named("Single"), InvalidArgument);
  EXPECT_THROW(gan_architecture_named("Dense"), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
