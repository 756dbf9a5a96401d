#include <whiteline/io.hpp>

#include <cmath>
#include <fstream>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class EmbedCommand : public Workshop {
 protected:
  std::string bytes_of(const std::string& name) const {
    std::ifstream file(at(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(EmbedCommand, WritesTheEmbeddingOfASetAndItsPicture) {
  make_set();
  const CommandResult result = run({"embed", "w.npz", "-o", "out", "--normalise", "max",
                                    "--n-neighbors", "10", "--n-epochs", "60", "--quality"});
  EXPECT_NE(result.out.find("2 dimensions"), std::string::npos) << result.out;
  EXPECT_EQ(files(),
            (std::vector<std::string>{"out/embedding.csv", "out/embedding.npz", "out/run.json",
                                      "out/scatter.svg", "w.npz", "w.npz.run.json"}));
  const Dataset set = read_dataset(at("w.npz")), embedding = read_dataset(at("out/embedding.npz"));
  EXPECT_EQ(embedding.rows, set.rows);
  EXPECT_EQ(embedding.channels, 2);
  EXPECT_EQ(embedding.labels, set.labels);
  EXPECT_EQ(embedding.class_names, set.class_names);
  for (const float value : embedding.counts) EXPECT_TRUE(std::isfinite(value));
  const auto record = json_of(at("out/run.json"));
  EXPECT_EQ(record["verb"], "embed");
  EXPECT_EQ(record["n_neighbors"], 10);
  EXPECT_EQ(record["n_epochs"], 60);
  EXPECT_EQ(record["stages"].size(), 4u);
  EXPECT_GT(record["quality"]["trustworthiness"], 0.8);
  EXPECT_GT(record["quality"]["continuity"], 0.8);
  EXPECT_GT(record["quality"]["accuracy"], 0.5);
  EXPECT_NE(bytes_of("out/scatter.svg").find("FeO ("), std::string::npos);
}

TEST_F(EmbedCommand, GivesTheSameBytesForEveryNumberOfThreads) {
  make_set();
  for (const std::string threads : {"1", "3"})
    run({"embed", "w.npz", "-o", "out" + threads, "--n-epochs", "20", "--threads", threads,
         "--quiet"});
  EXPECT_EQ(bytes_of("out1/embedding.csv"), bytes_of("out3/embedding.csv"));
  EXPECT_EQ(bytes_of("out1/scatter.svg"), bytes_of("out3/scatter.svg"));
  run({"embed", "w.npz", "-o", "other", "--n-epochs", "20", "--seed", "2", "--quiet"});
  EXPECT_NE(bytes_of("out1/embedding.csv"), bytes_of("other/embedding.csv"));
}

TEST_F(EmbedCommand, LeavesVacuumOutAndPutsFilesTogether) {
  make_cube();
  run({"embed", "cube.npz", "cube.npz", "-o", "out", "--n-epochs", "10", "--window", "600:800",
       "--quiet"});
  const auto record = json_of(at("out/run.json"));
  const std::int64_t vacuum = record["vacuum"], spectra = record["spectra"];
  EXPECT_EQ(vacuum + spectra, 240);
  EXPECT_GT(vacuum, 0);
  const Dataset embedding = read_dataset(at("out/embedding.csv"));
  ASSERT_EQ(embedding.rows, 240);
  std::int64_t nowhere = 0;
  for (std::size_t row = 0; row < 240; ++row) nowhere += std::isnan(embedding.counts[2 * row]);
  EXPECT_EQ(nowhere, vacuum);
}

TEST_F(EmbedCommand, AKeptModelTakesNewSpectra) {
  make_set();
  run({"embed", "w.npz", "-o", "out", "--normalise", "max", "--n-neighbors", "10", "--n-epochs",
       "60", "--save-model", "map.safetensors", "--quiet"});
  EXPECT_EQ(json_of(at("out/run.json"))["outputs"].size(), 4u);
  const CommandResult info = run({"info", "map.safetensors"});
  EXPECT_NE(info.out.find("embedding (UMAP)"), std::string::npos) << info.out;
  EXPECT_NE(info.out.find("divide by max"), std::string::npos) << info.out;
  run({"synth", "w", "--scale", "0.01", "--difficulty", "clean", "--seed", "5", "-o", "more.npz",
       "--quiet"});
  const CommandResult placed =
      run({"embed", "more.npz", "-o", "placed", "--model", "map.safetensors", "--quality"});
  EXPECT_NE(placed.out.find("placed among 82 in 2 dimensions"), std::string::npos) << placed.out;
  const Dataset embedding = read_dataset(at("placed/embedding.npz"));
  EXPECT_EQ(embedding.rows, 41);
  EXPECT_GT(json_of(at("placed/run.json"))["quality"]["accuracy"], 0.5);
  EXPECT_EQ(try_to_run({"embed", "more.npz", "-o", "not", "--model", "map.safetensors",
                        "--normalise", "l2"})
                .exit_code,
            1);
  EXPECT_EQ(try_to_run({"embed", "more.npz", "-o", "not", "--model", "w.npz"}).exit_code, 3);
}

TEST_F(EmbedCommand, NeighboursAreLeftAndTakenAgain) {
  make_set();
  const auto embed = [&](const std::string& folder, const std::string& neighbors) {
    return try_to_run({"embed", "w.npz", "-o", folder, "--n-epochs", "20", "--graph", "graph",
                       "--n-neighbors", neighbors, "--quiet"});
  };
  EXPECT_EQ(embed("first", "12").exit_code, 0);
  EXPECT_EQ(read_knn_graph(at("graph")).k, 11);
  EXPECT_NE(run({"info", "graph"}).out.find("82 with 11 neighbours each"), std::string::npos);
  EXPECT_EQ(embed("again", "12").exit_code, 0);
  EXPECT_EQ(bytes_of("first/embedding.csv"), bytes_of("again/embedding.csv"));
  run({"embed", "w.npz", "-o", "alone", "--n-epochs", "20", "--n-neighbors", "8", "--quiet"});
  EXPECT_EQ(embed("fewer", "8").exit_code, 0);
  EXPECT_EQ(bytes_of("fewer/embedding.csv"), bytes_of("alone/embedding.csv"));
  EXPECT_EQ(embed("more", "13").exit_code, 1);
}

TEST_F(EmbedCommand, RefusesWhatDoesNotFit) {
  make_set();
  run({"synth", "wl", "--scale", "0.01", "-o", "wl.npz", "--quiet"});
  EXPECT_EQ(try_to_run({"embed", "w.npz", "wl.npz", "-o", "out"}).exit_code, 1);
  EXPECT_EQ(try_to_run({"embed", "w.npz", "-o", "out", "--min-dist", "2"}).exit_code, 1);
  EXPECT_EQ(try_to_run({"embed", "w.npz", "-o", "out", "--n-neighbors", "1"}).exit_code, 2);
  EXPECT_EQ(try_to_run({"embed", "missing.npz", "-o", "out"}).exit_code, 3);
  EXPECT_EQ(files(),
            (std::vector<std::string>{"w.npz", "w.npz.run.json", "wl.npz", "wl.npz.run.json"}));
}

}  // namespace
}  // namespace whiteline::test
