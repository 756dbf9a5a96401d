// Networks as files, beside models of other kinds.
#include <whiteline/nn/architectures.hpp>

#include "io/files.hpp"
#include "io/model.hpp"

namespace whiteline::test::network_model_test {
namespace {

nn::Model example_network() {
  nn::Model model;
  nn::Structure s;
  s.family = nn::Family::convolutional;
  s.number = 5;
  s.units = 5;
  s.filters = 3;
  model.network = build(s, 31, 3);
  model.weights = nn::initial_weights(model.network, 9);
  model.class_names = {"FeO", "Fe₃O₄", "Mn²⁺"};
  model.classes = {0, 1, 4};
  model.pipeline = Pipeline({Normalise{Normalise::Kind::max}}, EnergyAxis{612.5, 0.1, 31}, 31);
  model.provenance = R"({"data":{"file":"fe.npz","rows":4094},"seed":1})";
  return model;
}

std::string written(const nn::Model& model) {
  const TemporaryFolder folder;
  write_model(folder / "net.safetensors", model);
  return read_text(folder / "net.safetensors");
}

AnyModel parsed(const std::string& text) {
  return io::parse_any_model({"test.safetensors", bytes_of(text)});
}

TEST(NetworkModelFile, ComesBackWithTheSameBits) {
  const nn::Model model = example_network();
  const TemporaryFolder folder;
  write_model(folder / "net.safetensors", model);
  const AnyModel any = read_any_model(folder / "net.safetensors");
  ASSERT_TRUE(std::holds_alternative<nn::Model>(any));
  const nn::Model& back = std::get<nn::Model>(any);
  EXPECT_EQ(back.network.to_json(), model.network.to_json());
  EXPECT_EQ(back.weights.values, model.weights.values);
  EXPECT_EQ(back.class_names, model.class_names);
  EXPECT_EQ(back.classes, model.classes);
  EXPECT_EQ(back.pipeline.to_json(), model.pipeline.to_json());
  EXPECT_EQ(back.provenance, model.provenance);
  EXPECT_EQ(written(back), written(model));
}

TEST(NetworkModelFile, IsFormatVersion4AndNoSupportVectorModel) {
  const std::string text = written(example_network());
  EXPECT_NE(text.find(R"("version":"4")"), std::string::npos) << text.substr(0, 300);
  EXPECT_NE(text.find(R"("17.moving_variance")"), std::string::npos) << text.substr(0, 2000);
  EXPECT_NE(message_of<Unsupported>([&] {
              io::parse_model({"net", bytes_of(text)});
            }).find("it is a network"),
            std::string::npos);
}

TEST(NetworkModelFile, EveryCutIsAFormatError) {
  const std::string text = written(example_network());
  for (std::size_t size = 0; size < text.size(); size += 7)
    EXPECT_THROW(parsed(text.substr(0, size)), FormatError) << size;
}

TEST(NetworkModelFile, EveryFlippedBitOfItsWeightsIsFound) {
  const std::string text = written(example_network());
  for (std::size_t at = text.size() - 400; at < text.size(); at += 13) {
    std::string damaged = text;
    damaged[at] = char(damaged[at] ^ 4);
    EXPECT_THROW(parsed(damaged), FormatError) << at;
  }
}

TEST(NetworkModelFile, AModelThatIsNotWholeIsNotWritten) {
  const TemporaryFolder folder;
  const auto refused = [&](auto&& damage) {
    nn::Model model = example_network();
    damage(model);
    EXPECT_THROW(write_model(folder / "x.safetensors", model), InvalidArgument);
    EXPECT_FALSE(std::filesystem::exists(folder / "x.safetensors"));
  };
  refused([](nn::Model& m) { m.weights.values.pop_back(); });
  refused([](nn::Model& m) { m.weights.values[0].pop_back(); });
  refused([](nn::Model& m) { m.weights.values[0][0] = std::nanf(""); });
  refused([](nn::Model& m) { m.classes = {0, 4, 1}; });
  refused([](nn::Model& m) { m.classes.pop_back(); });
  refused([](nn::Model& m) { m.class_names.pop_back(); });
  refused([](nn::Model& m) { m.provenance = "{"; });
  refused([](nn::Model& m) { m.class_names[0] = "\xff"; });
}

}  // namespace
}  // namespace whiteline::test::network_model_test
