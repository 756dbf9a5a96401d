#include <whiteline/io.hpp>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class SynthCommand : public Workshop {};

TEST_F(SynthCommand, WritesASetAndItsRunRecord) {
  const CommandResult result = run({"synth", "w", "--scale", "0.02", "--seed", "7", "-o", "w.npz"});
  EXPECT_EQ(files(), (std::vector<std::string>{"w.npz", "w.npz.run.json"}));
  const Dataset set = read_dataset(at("w.npz"));
  EXPECT_EQ(set.channels, 1360);
  EXPECT_EQ(set.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
  EXPECT_NE(result.out.find(std::to_string(set.rows) + " spectra"), std::string::npos)
      << result.out;
  const auto record = json_of(at("w.npz.run.json"));
  EXPECT_EQ(record["verb"], "synth");
  EXPECT_EQ(record["seed"], 7);
  EXPECT_EQ(record["options"]["scale"], 0.02);
  EXPECT_EQ(record["options"]["difficulty"], "hard");
  EXPECT_EQ(record["rows"], set.rows);
  EXPECT_EQ(record["outputs"][0]["name"], "w.npz");
  EXPECT_TRUE(record["phases"].contains("generate"));
}

TEST_F(SynthCommand, WritesEverySet) {
  for (const char* set : {"w", "l", "k", "wl", "mf", "mn"}) {
    const std::string file = std::string(set) + ".npz";
    run({"synth", set, "--scale", "0.005", "-o", file, "--quiet"});
    EXPECT_GE(read_dataset(at(file)).rows, 4) << set;
  }
}

TEST_F(SynthCommand, TheCubeHasItsSizeAndTruth) {
  make_cube();
  const SpectrumImage image = read_spectrum_image(at("cube.npz"));
  EXPECT_EQ(image.height, 12);
  EXPECT_EQ(image.width, 10);
  EXPECT_EQ(image.labels.size(), 120u);
  EXPECT_TRUE(image.truth.contains("core_nm"));
  EXPECT_EQ(image.scale_x, 3.0);
}

TEST_F(SynthCommand, AnotherSeedGivesOtherSpectra) {
  for (const char* seed : {"1", "2"})
    run({"synth", "mn", "--scale", "0.005", "--seed", seed, "-o", std::string(seed) + ".npz"});
  EXPECT_NE(read_dataset(at("1.npz")).counts, read_dataset(at("2.npz")).counts);
}

TEST_F(SynthCommand, JsonOnStandardOutputIsTheRunRecord) {
  const CommandResult result = run({"synth", "k", "--scale", "0.005", "-o", "k.npz", "--json"});
  EXPECT_EQ(nlohmann::json::parse(result.out), json_of(at("k.npz.run.json")));
}

TEST_F(SynthCommand, RefusesToRunOnAGpuItDoesNotUse) {
  const CommandResult result = try_to_run({"synth", "k", "-o", "k.npz", "--device", "cuda"});
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace whiteline::test
