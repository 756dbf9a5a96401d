// Generators in files.
#include <whiteline/gan_file.hpp>

#include "io/files.hpp"
#include "io/gan_checkpoint.hpp"
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

// A training of one epoch, and its checkpoint.
struct Training {
  GanParams params;
  std::vector<float> spectra;
  GanCheckpoint checkpoint;
  Context ctx{"cpu", {.threads = 1}};

  explicit Training(GanDesign design) {
    params.structure.architecture = GanArchitecture::simple_convolutional;
    params.structure.latent = 2;
    params.design = design;
    params.epochs = 1;
    params.evaluate_every = 1;
    params.tolerances = GanMetrics{0.0, 1.0, 0.0};
    for (int i = 0; i < 6 * 30; ++i) spectra.push_back(1.0f + float(i * i % 17));
    params.on_epoch = [this](const GanEpoch&, const auto& make) { checkpoint = make(); };
    run();
    params.on_epoch = {};
  }
  GanRun run() const { return gan_train(ctx, params, view()); }
  HostView view() const { return {spectra.data(), 6, 30}; }
  std::string key() const { return gan_training_key(params, view()); }
};

TEST(GanCheckpointFile, GoesOnToTheSameBits) {
  for (const GanDesign design : {GanDesign::single_mono_trans, GanDesign::multi_bi_trans}) {
    Training training(design);
    const TemporaryFolder folder;
    write_gan_checkpoint(folder / "on", training.checkpoint, training.params, 30, training.key());
    const GanCheckpoint back =
        read_gan_checkpoint(folder / "on", training.params, 30, training.key());
    EXPECT_EQ(back.best.values, training.checkpoint.best.values);
    EXPECT_EQ(back.steps, training.checkpoint.steps);
    training.params.epochs = 3;
    const GanRun whole = training.run();
    training.params.resume = back;
    const GanRun rest = training.run();
    EXPECT_EQ(rest.weights.values, whole.weights.values);
    EXPECT_EQ(history_csv(rest.epochs), history_csv(whole.epochs));
  }
}

TEST(GanCheckpointFile, IsRefusedForAnotherTrainingOrWhereDamaged) {
  Training training(GanDesign::single_mono_trans);
  const TemporaryFolder folder;
  const std::string key = training.key();
  write_gan_checkpoint(folder / "on", training.checkpoint, training.params, 30, key);
  const auto read = [&](const GanParams& params, const std::string& with) {
    return read_gan_checkpoint(folder / "on", params, 30, with);
  };
  GanParams other = training.params;
  other.seed = 2;
  const std::string other_key = gan_training_key(other, training.view());
  EXPECT_NE(other_key, key);
  EXPECT_THROW(read(other, other_key), InvalidArgument);
  training.spectra[7] += 1.0f;
  EXPECT_NE(training.key(), key);
  const std::string text = read_text(folder / "on");
  for (std::size_t size = 0; size < text.size(); size += text.size() / 50 + 1)
    EXPECT_THROW(
        io::parse_gan_checkpoint({"cut", bytes_of(text.substr(0, size))}, training.params, 30, key),
        FormatError)
        << size;
  std::string damaged = text;
  damaged[text.size() - 9] = char(damaged[text.size() - 9] ^ 4);
  EXPECT_THROW(io::parse_gan_checkpoint({"damaged", bytes_of(damaged)}, training.params, 30, key),
               FormatError);
  GanParams three = training.params;
  three.design = GanDesign::multi_bi_trans;
  EXPECT_THROW(write_gan_checkpoint(folder / "three", training.checkpoint, three, 30, key),
               InvalidArgument);
}

}  // namespace
}  // namespace whiteline::test
