// Generators in files.
#include <whiteline/gan_file.hpp>

#include "io/files.hpp"
#include "io/generator.hpp"

namespace whiteline::test {
namespace {

Generator example_generator() {
  Generator generator;
  generator.network =
      gan_generator({.architecture = GanArchitecture::simple_convolutional, .latent = 3}, 33, 2);
  generator.weights = nn::initial_weights(generator.network, 9);
  generator.class_name = "Mn²⁺";
  generator.energy = EnergyAxis{615.0, 0.1, 33};
  generator.scale = 812.5;
  generator.provenance = R"({"seed":1,"spectra":{"train":100}})";
  return generator;
}

std::string written(const Generator& generator) {
  const TemporaryFolder folder;
  write_generator(folder / "mn.safetensors", generator);
  return read_text(folder / "mn.safetensors");
}

Generator parsed(const std::string& text) {
  return io::parse_generator({"test.safetensors", bytes_of(text)});
}

TEST(GeneratorFile, ComesBackWithTheSameBitsAndSpectra) {
  const Generator generator = example_generator();
  const TemporaryFolder folder;
  write_generator(folder / "mn.safetensors", generator);
  const Generator back = read_generator(folder / "mn.safetensors");
  EXPECT_EQ(back.network.to_json(), generator.network.to_json());
  EXPECT_EQ(back.weights.values, generator.weights.values);
  EXPECT_EQ(back.class_name, generator.class_name);
  ASSERT_TRUE(back.energy);
  EXPECT_EQ(back.energy->offset, 615.0);
  EXPECT_EQ(back.energy->dispersion, 0.1);
  EXPECT_EQ(back.scale, 812.5);
  EXPECT_EQ(back.provenance, generator.provenance);
  EXPECT_EQ(written(back), written(generator));
  const Context ctx("cpu", {.threads = 1});
  EXPECT_EQ(generate(ctx, back, 3), generate(ctx, generator, 3));
  EXPECT_EQ(model_format(folder / "mn.safetensors"), "whiteline-generator");
}

TEST(GeneratorFile, MayHaveNoEnergyAxis) {
  Generator generator = example_generator();
  generator.energy.reset();
  EXPECT_FALSE(parsed(written(generator)).energy);
}

TEST(GeneratorFile, EveryCutIsAFormatError) {
  const std::string text = written(example_generator());
  for (std::size_t size = 0; size < text.size(); size += 37)
    EXPECT_THROW(parsed(text.substr(0, size)), FormatError) << size;
}

TEST(GeneratorFile, EveryFlippedBitOfItsWeightsIsFound) {
  const std::string text = written(example_generator());
  for (std::size_t at = text.size() - 400; at < text.size(); at += 13) {
    std::string damaged = text;
    damaged[at] = char(damaged[at] ^ 4);
    EXPECT_THROW(parsed(damaged), FormatError) << at;
  }
}

TEST(GeneratorFile, OneThatIsNotWholeIsNotWritten) {
  const auto refused = [&](auto&& damage) {
    Generator generator = example_generator();
    damage(generator);
    EXPECT_THROW(written(generator), InvalidArgument);
  };
  refused([](Generator& g) { g.weights.values.pop_back(); });
  refused([](Generator& g) { g.weights.values[0][0] = std::nanf(""); });
  refused([](Generator& g) { g.scale = -1.0; });
  refused([](Generator& g) { g.energy->size = 32; });
  refused([](Generator& g) { g.provenance = "{"; });
  refused([](Generator& g) { g.class_name = "\xff"; });
}

}  // namespace
}  // namespace whiteline::test
