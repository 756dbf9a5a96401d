#include <whiteline/io.hpp>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class TrainCommand : public Workshop {
 protected:
  void SetUp() override { make_set(); }
  void make(const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"train",    "w.npz",  "--background", "powerlaw:485:515",
                                          "--kernel", "cosine", "-o",           name,
                                          "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    run(arguments);
  }
};

TEST_F(TrainCommand, WritesAModelAndItsRunRecord) {
  const CommandResult result = run({"train",
                                    "w.npz",
                                    "-o",
                                    "fe.safetensors",
                                    "--window",
                                    "460:800",
                                    "--background",
                                    "powerlaw:485:515",
                                    "--kernel",
                                    "cosine",
                                    "--C",
                                    "10",
                                    "--train-fraction",
                                    "0.5",
                                    "--device",
                                    "cpu",
                                    "--threads",
                                    "2",
                                    "--memory",
                                    "256MiB"});
  EXPECT_NE(result.out.find("held-out accuracy "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("true \\ labelled"), std::string::npos) << result.out;
  const SvmModel model = read_model(at("fe.safetensors"));
  EXPECT_EQ(model.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
  EXPECT_TRUE(model.calibrated());
  EXPECT_EQ(model.pipeline.steps().size(), 2u);

  const auto record = json_of(at("fe.safetensors.run.json"));
  EXPECT_EQ(record["verb"], "train");
  EXPECT_EQ(record["options"]["C"], 10);
  EXPECT_EQ(record["options"]["background"], "powerlaw:485:515");
  EXPECT_EQ(record["options"]["normalise"], "none");
  EXPECT_EQ(record["device"]["name"], "cpu");
  EXPECT_EQ(record["device"]["threads"], 2);
  EXPECT_EQ(record["device"]["memory_limit_bytes"], 256u << 20);
  EXPECT_EQ(record["inputs"][0]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(record["inputs"][0]["bytes"], std::filesystem::file_size(at("w.npz")));
  EXPECT_EQ(record["outputs"][0]["bytes"], std::filesystem::file_size(at("fe.safetensors")));
  EXPECT_GT(record["accuracy"], 0.9);
  EXPECT_EQ(record["confusion"]["counts"].size(), 2u);
  EXPECT_EQ(record["converged"], true);
  for (const char* phase : {"read", "prepare", "train", "calibrate", "evaluate", "write"})
    EXPECT_TRUE(record["phases"].contains(phase)) << phase;
  for (const char* field : {"whiteline", "started", "seconds", "seed", "warnings", "problems"})
    EXPECT_TRUE(record.contains(field)) << field;
}

TEST_F(TrainCommand, EveryKernelTrains) {
  for (const char* kernel : {"linear", "rbf", "sigmoid", "polynomial", "cosine"}) {
    const std::string name = std::string(kernel) + ".safetensors";
    run({"train", "w.npz", "-o", name, "--kernel", kernel, "--normalise", "max", "--coef0", "0.5",
         "--degree", "2", "--device", "cpu", "--quiet"});
    EXPECT_EQ(whiteline::name(read_model(at(name)).kernel.type), kernel);
  }
}

TEST_F(TrainCommand, GammaIsFixedInTheModel) {
  run({"train", "w.npz", "-o", "a.safetensors", "--gamma", "0.25", "--normalise", "l2", "--quiet"});
  EXPECT_EQ(read_model(at("a.safetensors")).kernel.gamma, 0.25);
  run({"train", "w.npz", "-o", "b.safetensors", "--gamma", "channels", "--normalise", "l2",
       "--quiet"});
  EXPECT_DOUBLE_EQ(read_model(at("b.safetensors")).kernel.gamma, 1.0 / 1360.0);
}

TEST_F(TrainCommand, WindowsInChannelsAreTheSameAsInEnergies) {
  make_model("a.safetensors", {"--window", "#560:1360"});
  make_model("b.safetensors", {"--window", "600:800"});
  const SvmModel a = read_model(at("a.safetensors")), b = read_model(at("b.safetensors"));
  EXPECT_EQ(a.channels, 800);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.coefficients, b.coefficients);
}

TEST_F(TrainCommand, AnUncalibratedModelIsPossible) {
  make_model("raw.safetensors", {"--calibrate", "none"});
  EXPECT_FALSE(read_model(at("raw.safetensors")).calibrated());
}

TEST_F(TrainCommand, IsotonicCalibrationIsKeptAndShown) {
  make_model("fe.safetensors", {"--calibration", "isotonic", "--calibration-seed", "7"});
  const SvmModel model = read_model(at("fe.safetensors"));
  ASSERT_EQ(model.isotonic.size(), 1u);
  EXPECT_TRUE(model.platt.empty());
  const auto provenance = nlohmann::json::parse(model.provenance);
  EXPECT_EQ(provenance["calibration"], "isotonic");
  EXPECT_EQ(provenance["calibration_seed"], 7);
  EXPECT_NE(run({"info", "fe.safetensors"}).out.find("yes (isotonic, "), std::string::npos);
  EXPECT_NE(run({"evaluate", "w.npz", "--model", "fe.safetensors"}).out.find("Brier"),
            std::string::npos);
}

TEST_F(TrainCommand, TheCalibrationHasASeedOfItsOwn) {
  make("a.safetensors", {"--C", "1"});
  make("b.safetensors", {"--C", "1", "--calibration-seed", "1"});
  make("c.safetensors", {"--C", "1", "--calibration-seed", "2"});
  const SvmModel a = read_model(at("a.safetensors")), b = read_model(at("b.safetensors")),
                 c = read_model(at("c.safetensors"));
  EXPECT_EQ(a.platt[0].A, b.platt[0].A);
  EXPECT_NE(a.platt[0].A, c.platt[0].A);
  EXPECT_EQ(a.coefficients, c.coefficients);
}

TEST_F(TrainCommand, AWeightOfASpectrumIsAFactorOfC) {
  const Dataset set = read_dataset(at("w.npz"));
  std::string text = "# one a spectrum\n\n";
  for (std::int64_t i = 0; i < set.rows; ++i) text += "2.5 # of " + std::to_string(i) + "\r\n";
  write_text(at("weights.txt"), text);
  make("a.safetensors", {"--C", "2", "--sample-weight", "weights.txt", "--calibrate", "none"});
  make("b.safetensors", {"--C", "5", "--calibrate", "none"});
  make("c.safetensors", {"--C", "2", "--class-weight", "FeO=2.5,Fe3O4=2.5", "--calibrate", "none"});
  const SvmModel a = read_model(at("a.safetensors")), b = read_model(at("b.safetensors")),
                 c = read_model(at("c.safetensors"));
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(c.coefficients, b.coefficients);
  EXPECT_EQ(json_of(at("a.safetensors.run.json"))["inputs"][1]["role"], "sample weights");
  EXPECT_EQ(nlohmann::json::parse(c.provenance)["class_weight"], "FeO=2.5,Fe3O4=2.5");
}

// Spectra of weight 0 are as if they were not there, also after a split.
TEST_F(TrainCommand, WeightsStayWithTheirSpectra) {
  Dataset set = read_dataset(at("w.npz"));
  std::string text;
  std::vector<std::int64_t> kept;
  for (std::int64_t i = 0; i < set.rows; ++i) {
    text += i % 3 == 0 ? "0\n" : "1\n";
    if (i % 3 != 0) kept.push_back(i);
  }
  write_text(at("weights.txt"), text);
  write_dataset(at("kept.npz"), set.subset(kept));
  make_model("a.safetensors", {"--sample-weight", "weights.txt", "--calibrate", "none"});
  run({"train", "kept.npz", "--background", "powerlaw:485:515", "--kernel", "cosine", "--C", "1000",
       "--calibrate", "none", "-o", "b.safetensors", "--quiet"});
  EXPECT_EQ(read_model(at("a.safetensors")).coefficients,
            read_model(at("b.safetensors")).coefficients);
  make_model("c.safetensors",
             {"--sample-weight", "weights.txt", "--train-fraction", "0.8", "--calibrate", "none"});
}

TEST_F(TrainCommand, WeightsThatDoNotFitAreRefused) {
  write_text(at("weights.txt"), "1\n2\nthree\n");
  const auto train = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = {"train", "w.npz", "-o", "x.safetensors"};
    all.insert(all.end(), more.begin(), more.end());
    return try_to_run(all);
  };
  const CommandResult text = train({"--sample-weight", "weights.txt"});
  EXPECT_EQ(text.exit_code, 3);
  EXPECT_NE(text.err.find("line 3"), std::string::npos) << text.err;
  write_text(at("weights.txt"), "1\n2\n");
  EXPECT_EQ(train({"--sample-weight", "weights.txt"}).exit_code, 1);
  EXPECT_EQ(train({"--sample-weight", "missing.txt"}).exit_code, 3);
  const CommandResult stranger = train({"--class-weight", "CrO=2"});
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_NE(stranger.err.find("FeO, Fe3O4"), std::string::npos) << stranger.err;
  for (const char* wrong : {"FeO", "FeO=0", "=2", "FeO=two", "FeO=1,FeO=2"})
    EXPECT_EQ(train({"--class-weight", wrong}).exit_code, 2) << wrong;
}

TEST_F(TrainCommand, AnIterationLimitEndsTheFitWithAWarning) {
  const CommandResult result =
      try_to_run({"train", "w.npz", "-o", "x.safetensors", "--max-iterations", "1", "--normalise",
                  "max", "--calibrate", "none", "--device", "cpu"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("did not converge"), std::string::npos) << result.err;
  EXPECT_EQ(json_of(at("x.safetensors.run.json"))["problems"][0]["status"], "iteration_limit");
}

TEST_F(TrainCommand, TheModelHoldsNoPathsTimesOrThreads) {
  make_model("fe.safetensors", {"--threads", "2"});
  const std::string provenance = read_model(at("fe.safetensors")).provenance;
  EXPECT_EQ(provenance.find("w.npz"), std::string::npos) << provenance;
  EXPECT_EQ(provenance.find("threads"), std::string::npos) << provenance;
  EXPECT_EQ(provenance.find("seconds"), std::string::npos) << provenance;
  const auto json = nlohmann::json::parse(provenance);
  EXPECT_EQ(json["source"]["sha256"], json_of(at("w.npz.run.json"))["outputs"][0]["sha256"]);
}

TEST_F(TrainCommand, TrainsOnTheLabelledPixelsOfAnImage) {
  make_cube();
  run({"train", "cube.npz", "-o", "cube.safetensors", "--kernel", "cosine", "--background",
       "powerlaw:485:515", "--calibrate", "none", "--quiet"});
  EXPECT_EQ(read_model(at("cube.safetensors")).class_names,
            (std::vector<std::string>{"FeO", "Fe3O4"}));
}

TEST_F(TrainCommand, SaysWhenAWindowIsOutsideTheAxis) {
  const CommandResult result =
      try_to_run({"train", "w.npz", "-o", "x.safetensors", "--window", "100:200"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("[100, 200) eV is outside the energy axis"), std::string::npos)
      << result.err;
}

TEST_F(TrainCommand, NamesTheClassThatIsTooSmallForTheFolds) {
  const CommandResult result = try_to_run(
      {"train", "w.npz", "-o", "x.safetensors", "--kernel", "cosine", "--folds", "1000"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("fold"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace whiteline::test
