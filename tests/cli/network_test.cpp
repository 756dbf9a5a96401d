#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class NetworkCommand : public Workshop {
 protected:
  void SetUp() override { make_set(); }
  CommandResult train(const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "train",       "w.npz", "--window", "705:730",         "--background", "powerlaw:665:695",
        "--normalise", "max",   "--model",  "net:dense_rs_10", "--device",     "cpu",
        "-o",          name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

TEST_F(NetworkCommand, TrainsClassifiesEvaluatesAndTells) {
  const CommandResult trained =
      train("net.safetensors", {"--epochs", "12", "--learning-rate", "1e-3", "--validation", "0.2",
                                "--train-fraction", "0.7", "--class-weight", "balanced"});
  EXPECT_NE(trained.out.find("dense_rs_10"), std::string::npos) << trained.out;
  EXPECT_NE(trained.out.find("held-out accuracy "), std::string::npos) << trained.out;
  for (const char* name :
       {"net.safetensors.history.csv", "net.safetensors.loss.svg", "net.safetensors.accuracy.svg"})
    EXPECT_TRUE(std::filesystem::exists(at(name))) << name;
  const auto record = json_of(at("net.safetensors.run.json"));
  EXPECT_EQ(record["network"]["epochs"], 12);
  EXPECT_EQ(record["network"]["status"], "finished");
  EXPECT_GT(record["accuracy"], 0.9);

  run({"classify", "w.npz", "--model", "net.safetensors", "--decisions", "ovr", "-o", "out"});
  EXPECT_NE(read_text(at("out/labels.csv")).find("f(FeO),f(Fe3O4)"), std::string::npos);
  const auto classified = json_of(at("out/run.json"));
  EXPECT_GT(classified["accuracy"], 0.9) << classified.dump();

  run({"evaluate", "w.npz", "--model", "net.safetensors", "--held-out", "-o", "evaluation"});
  EXPECT_TRUE(std::filesystem::exists(at("evaluation/reliability.svg")));

  const CommandResult told = run({"info", "net.safetensors"});
  EXPECT_NE(told.out.find("network, "), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("parameters"), std::string::npos) << told.out;
}

TEST_F(NetworkCommand, ClassifiesImages) {
  train("net.safetensors", {"--epochs", "4", "--quiet"});
  make_cube();
  run({"classify", "cube.npz", "--model", "net.safetensors", "-o", "maps"});
  EXPECT_TRUE(std::filesystem::exists(at("maps/labels.png")));
  EXPECT_TRUE(std::filesystem::exists(at("maps/probability_FeO.png")));
}

TEST_F(NetworkCommand, TheSameSeedGivesTheSameModelForAnyNumberOfThreads) {
  for (const std::string threads : {"1", "2"})
    train("t" + threads + ".safetensors", {"--epochs", "2", "--threads", threads, "--quiet"});
  train("seed.safetensors", {"--epochs", "2", "--seed", "2", "--quiet"});
  EXPECT_EQ(read_text(at("t1.safetensors")), read_text(at("t2.safetensors")));
  EXPECT_NE(read_text(at("t1.safetensors")), read_text(at("seed.safetensors")));
}

TEST_F(NetworkCommand, RefusesWhatNetworksDoNotHave) {
  EXPECT_EQ(try_to_run({"train", "w.npz", "--model", "net:resnet", "-o", "x"}).exit_code, 2);
  EXPECT_EQ(try_to_run({"train", "w.npz", "--model", "forest", "-o", "x"}).exit_code, 2);
  train("net.safetensors", {"--epochs", "1", "--quiet"});
  const CommandResult pairs = try_to_run(
      {"classify", "w.npz", "--model", "net.safetensors", "--decisions", "ovo", "-o", "out"});
  EXPECT_NE(pairs.exit_code, 0);
  EXPECT_NE(pairs.err.find("use --decisions ovr"), std::string::npos) << pairs.err;
  EXPECT_NE(try_to_run({"convert", "net.safetensors", "net.model"}).exit_code, 0);
}

}  // namespace
}  // namespace whiteline::test
