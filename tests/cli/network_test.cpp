#include <whiteline/io.hpp>

#include <csignal>
#include <filesystem>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class NetworkCommand : public Workshop {
 protected:
  void SetUp() override { make_set(); }
  static std::vector<std::string> words(const std::string& name,
                                        const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "train",       "w.npz", "--window", "705:730",         "--background", "powerlaw:665:695",
        "--normalise", "max",   "--model",  "net:dense_rs_10", "--device",     "cpu",
        "-o",          name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  CommandResult train(const std::string& name, const std::vector<std::string>& more) {
    return run(words(name, more));
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

TEST_F(NetworkCommand, GoesOnToTheSameModelWhereverItIsKilled) {
  const auto training = [&](const std::string& name) {
    return words(name, {"--epochs", "60", "--checkpoint-every", "3", "--validation", "0.2",
                        "--train-fraction", "0.7", "--quiet", "--force"});
  };
  run(training("whole.safetensors"));
  const std::string kept = at("net.safetensors.training.safetensors");
  int kills = 0, exit_code = -1;
  for (int later = 0; later < 25 && exit_code != 0; later += 6) {  // ms behind a checkpoint
    int waited = 0;
    const auto kill_when = [&] { return std::filesystem::exists(kept) && ++waited > later; };
    exit_code = run_whiteline(training("net.safetensors"),
                              {.folder = folder().path(), .kill_when = kill_when})
                    .exit_code;
    kills += exit_code == 128 + SIGKILL;
  }
  EXPECT_GE(kills, 1);
  if (exit_code != 0) run(training("net.safetensors"));
  EXPECT_EQ(read_text(at("net.safetensors")), read_text(at("whole.safetensors")));
  EXPECT_EQ(read_text(at("net.safetensors.history.csv")),
            read_text(at("whole.safetensors.history.csv")));
  EXPECT_FALSE(std::filesystem::exists(kept));
}

TEST_F(NetworkCommand, RefusesTheCheckpointOfAnotherTrainingAndADamagedOne) {
  const auto training =
      words("net.safetensors", {"--epochs", "2000", "--checkpoint-every", "1", "--quiet"});
  const std::string kept = at("net.safetensors.training.safetensors");
  run_whiteline(training, {.folder = folder().path(),
                           .kill_when = [&] { return std::filesystem::exists(kept); }});
  ASSERT_TRUE(std::filesystem::exists(kept));
  auto other = training;
  other.insert(other.end(), {"--seed", "2"});
  const CommandResult refused = try_to_run(other);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("of a training with other spectra or options"), std::string::npos)
      << refused.err;
  std::string text = read_text(kept);
  text[text.size() / 2] = char(text[text.size() / 2] ^ 1);
  write_text(kept, text);
  EXPECT_EQ(try_to_run(training).exit_code, 3);
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
  EXPECT_EQ(try_to_run({"convert", "net.safetensors", "net.pb"}).exit_code, 2);
}

TEST_F(NetworkCommand, BecomesOnnxAndSaysWhatThatTakes) {
  train("net.safetensors", {"--epochs", "1", "--quiet"});
  const CommandResult prepared = run({"convert", "net.safetensors", "net.onnx"});
  EXPECT_NE(prepared.err.find("takes prepared spectra"), std::string::npos) << prepared.err;
  EXPECT_NE(read_text(at("net.onnx")).find("probabilities"), std::string::npos);
  run({"convert", "w.npz", "prepared.npz", "--prepare", "net.safetensors"});
  EXPECT_EQ(read_dataset(at("prepared.npz")).channels, 100);
  run({"train", "w.npz", "--window", "700:712", "--normalise", "max", "--model", "net:conv_rs_10",
       "--epochs", "1", "--device", "cpu", "-o", "raw.safetensors", "--quiet"});
  const CommandResult raw = run({"convert", "raw.safetensors", "raw.onnx"});
  EXPECT_EQ(raw.err.find("takes prepared spectra"), std::string::npos) << raw.err;
  run({"convert", "net.safetensors", "copy.safetensors"});
  EXPECT_EQ(read_text(at("copy.safetensors")), read_text(at("net.safetensors")));
  make_model();
  EXPECT_EQ(try_to_run({"convert", "fe.safetensors", "fe.onnx"}).exit_code, 1);
}

}  // namespace
}  // namespace whiteline::test
