#include <whiteline/io.hpp>

#include <limits>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class InfoCommand : public Workshop {};

TEST_F(InfoCommand, DescribesASet) {
  make_set();
  const CommandResult result = run({"info", "w.npz"});
  EXPECT_NE(result.out.find("table of spectra, npz"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("460 to 799.75 eV, 0.25 eV a channel, 1360 channels"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("Fe3O4"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("█"), std::string::npos) << result.out;
}

TEST_F(InfoCommand, DescribesAnImageForMachines) {
  make_cube();
  const auto json = nlohmann::json::parse(run({"info", "cube.npz", "--json"}).out);
  const auto& image = json["files"][0]["contents"][0];
  EXPECT_EQ(image["kind"], "spectrum image");
  EXPECT_EQ(image["height"], 12);
  EXPECT_EQ(image["width"], 10);
  EXPECT_EQ(image["channels"], 1360);
  EXPECT_EQ(image["pixel"]["units"], "nm");
  EXPECT_EQ(image["counts"]["not_finite"], 0);
  EXPECT_GT(image["counts"]["max"], image["counts"]["min"]);
  int pixels = 0;
  for (const auto& [name, count] : image["classes"].items()) pixels += count.get<int>();
  EXPECT_EQ(pixels, 120);
}

TEST_F(InfoCommand, CountsWhatIsNotANumber) {
  SpectrumImage image;
  image.height = image.width = 2;
  image.energy = {400.0, 0.5, 8};
  image.counts.assign(32, 1.0f);
  image.counts[3] = std::numeric_limits<float>::quiet_NaN();
  image.counts[9] = std::numeric_limits<float>::infinity();
  write_spectrum_image(at("holes.npz"), image);
  const auto json = nlohmann::json::parse(run({"info", "holes.npz", "--json"}).out);
  EXPECT_EQ(json["files"][0]["contents"][0]["counts"]["not_finite"], 2);
}

TEST_F(InfoCommand, DescribesAModel) {
  make_set();
  make_model("fe.safetensors", {"--window", "600:790", "--normalise", "max"});
  const CommandResult text = run({"info", "fe.safetensors"});
  EXPECT_NE(text.out.find("cosine"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("crop to 600:790 eV"), std::string::npos) << text.out;
  const auto json = nlohmann::json::parse(run({"info", "fe.safetensors", "--json"}).out);
  const auto& model = json["files"][0];
  EXPECT_EQ(model["kernel"]["type"], "cosine");
  EXPECT_EQ(model["classes"], nlohmann::json({"FeO", "Fe3O4"}));
  EXPECT_EQ(model["calibrated"], true);
  EXPECT_EQ(model["preparation"].size(), 3u);
  EXPECT_EQ(model["provenance"]["seed"], 1);
  EXPECT_GT(model["support_vectors"], 0);
}

TEST_F(InfoCommand, TakesSeveralFiles) {
  make_set();
  make_cube();
  const auto json = nlohmann::json::parse(run({"info", "w.npz", "cube.npz", "--json"}).out);
  EXPECT_EQ(json["files"].size(), 2u);
}

}  // namespace
}  // namespace whiteline::test
