#include <gtest/gtest.h>

#include <cstring>

#include "gan_cases.hpp"
#include "gan_reference.hpp"
#include "support/tolerance.hpp"

namespace whiteline::test {
namespace {

using GanGeneration = GanTraining;
INSTANTIATE_TEST_SUITE_P(Backends, GanGeneration, all_backends(), backend_name);

Generator small_generator(GanArchitecture architecture = GanArchitecture::simple_dense) {
  Generator generator;
  generator.network = gan_generator({.architecture = architecture, .latent = 5}, 50, 3);
  generator.weights = nn::initial_weights(generator.network, 4);
  return generator;
}

TEST_P(GanGeneration, GeneratedSpectraAreThoseInDouble) {
  for (const GanArchitecture architecture :
       {GanArchitecture::simple_dense, GanArchitecture::large_dense,
        GanArchitecture::simple_convolutional})
    for (const bool noise : {true, false}) {
      Generator generator = small_generator(architecture);
      generator.scale = 3.0;
      const std::int64_t batch = 4;
      const std::vector<float> made =
          generate(ctx(), generator, 7, {.noise = noise, .batch = batch, .seed = 8, .model = 2});
      ASSERT_EQ(made.size(), 350u);
      for (std::uint32_t chunk = 0; chunk < 2; ++chunk) {
        std::vector<double> z;
        for (std::int64_t e = 0; e < batch * 5; ++e)
          z.push_back(normal_of(formulas::philox_block(8, std::uint32_t(e / 4), chunk, 0xffff,
                                                       formulas::Purpose::generation, 2),
                                e));
        reference::NetworkGraph<double> graph(generator.network, as_doubles(generator.weights));
        const std::vector<double> expected = graph.forward(
            z, batch, noise,
            layer_draws(
                generator.network,
                {.seed = 8, .step = chunk, .model = 2, .purpose = formulas::Purpose::generation}));
        for (std::size_t i = 0; i < expected.size() && chunk * 200 + i < made.size(); ++i)
          ASSERT_NEAR(made[chunk * 200 + i], 3.0 * expected[i], tolerance(2048, 3.0))
              << name(architecture) << chunk << " " << i;
      }
    }
}

TEST_P(GanGeneration, TheFirstSpectraDoNotDependOnTheirNumber) {
  const Generator generator = small_generator();
  const std::vector<float> few = generate(ctx(), generator, 5),
                           many = generate(ctx(), generator, 70);
  EXPECT_EQ(std::memcmp(few.data(), many.data(), few.size() * sizeof(float)), 0);
  EXPECT_TRUE(generate(ctx(), generator, 0).empty());
  EXPECT_NE(generate(ctx(), generator, 5, {.seed = 2}), few);
  EXPECT_NE(generate(ctx(), generator, 5, {.model = 1}), few);
  EXPECT_THROW(generate(ctx(), generator, -1), InvalidArgument);
  EXPECT_THROW(generate(ctx(), generator, 1, {.batch = 0}), InvalidArgument);
}

TEST_P(GanGeneration, ADamagedGeneratorIsRefused) {
  const auto refused = [&](auto&& damage) {
    Generator generator = small_generator();
    damage(generator);
    EXPECT_THROW(generate(ctx(), generator, 1), InvalidArgument);
  };
  refused([](Generator& g) { g.weights.values.pop_back(); });
  refused([](Generator& g) { g.weights.values[0][3] = std::nanf(""); });
  refused([](Generator& g) { g.scale = 0.0; });
  refused([](Generator& g) { g.energy = EnergyAxis{600.0, 0.1, 49}; });
  refused([](Generator& g) {
    g.network = gan_discriminator({}, 50);
    g.weights = nn::initial_weights(g.network, 1);
  });
}

}  // namespace
}  // namespace whiteline::test
