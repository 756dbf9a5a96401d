#include <whiteline/io.hpp>
#include <whiteline/metrics.hpp>

#include <algorithm>
#include <limits>

#include "cli/workshop.hpp"
#include "support/xml.hpp"

namespace whiteline::test {
namespace {

using Strings = std::vector<std::string>;

class EvaluateCommand : public Workshop {
 protected:
  void SetUp() override {
    make_set();
    make_model("fe.safetensors", {"--train-fraction", "0.5"});
  }
  CommandResult evaluate(const Strings& inputs, const Strings& more = {}) {
    Strings arguments = {"evaluate"};
    arguments.insert(arguments.end(), inputs.begin(), inputs.end());
    arguments.insert(arguments.end(), {"--model", "fe.safetensors", "--device", "cpu"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return try_to_run(arguments);
  }
};

TEST_F(EvaluateCommand, WritesTablesPicturesAndARunRecord) {
  const CommandResult result =
      evaluate({"w.npz"}, {"--held-out", "--misclassified", "-o", "evaluation"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  for (const char* words : {"labelled spectra on cpu", "balanced", "precision", "(weighted mean)",
                            "true \\ labelled", "Brier score", "it is not the vote in"})
    EXPECT_NE(result.out.find(words), std::string::npos) << words << "\n" << result.out;
  EXPECT_EQ(files_below(at("evaluation")),
            (Strings{"confusion.csv", "confusion.svg", "misclassified.svg", "reliability.csv",
                     "reliability.svg", "reliability_classes.svg", "run.json", "scores.csv"}));
  for (const char* picture :
       {"confusion.svg", "misclassified.svg", "reliability.svg", "reliability_classes.svg"})
    EXPECT_NO_THROW(parse_xml(read_text(at(std::string("evaluation/") + picture)))) << picture;
  const auto record = json_of(at("evaluation/run.json"));
  EXPECT_EQ(record["verb"], "evaluate");
  EXPECT_EQ(record["inputs"].size(), 2u);
  EXPECT_EQ(record["outputs"].size(), 7u);
  EXPECT_EQ(record["files"][0]["path"], "w.npz");
  EXPECT_EQ(record["probabilities"]["reliability_of_class"].size(), 2u);
}

// The numbers are those of the library for the same rows.
TEST_F(EvaluateCommand, ScoresAreThoseOfTheHeldOutSpectra) {
  ASSERT_EQ(evaluate({"w.npz"}, {"--held-out", "-o", "evaluation"}).exit_code, 0);
  const auto record = json_of(at("evaluation/run.json"));
  const Dataset all = read_dataset(at("w.npz"));
  const Dataset set = all.subset(stratified_split(all.labels, 0.5, 1).second);
  const SvmModel model = read_model(at("fe.safetensors"));
  const Context ctx("cpu");
  const SvmPrediction said =
      svm_classify(ctx, model, set.spectra(), set.energy, {.probability = true});
  const LabelScores scores = label_scores(confusion_matrix(set.labels, said.labels, 2));
  EXPECT_EQ(record["compared"], set.rows);
  EXPECT_EQ(record["accuracy"], scores.accuracy);
  EXPECT_EQ(record["matthews"], scores.matthews);
  EXPECT_EQ(record["classes"]["FeO"]["f1"], scores.classes[0].f1);
  EXPECT_EQ(record["mean"]["recall"], scores.macro.recall);
  const auto& p = record["probabilities"];
  EXPECT_EQ(p["brier_score"], brier_score(set.labels, said.probability, 2));
  EXPECT_EQ(p["log_loss"], log_loss(set.labels, said.probability, 2));
  EXPECT_EQ(p["disagreements"], said.disagreements);
  const ReliabilityCurve curve = reliability_curve(set.labels, said.probability, 2);
  EXPECT_EQ(p["reliability"]["expected_calibration_error"], curve.expected_error);
  EXPECT_EQ(p["reliability"]["bins"].size(), curve.bins.size());
  EXPECT_EQ(json_of(at("fe.safetensors.run.json"))["accuracy"], record["accuracy"])
      << "what train said of them";
}

TEST_F(EvaluateCommand, ScoresOfTrainingSpectraComeWithAWarning) {
  const CommandResult result = evaluate({"w.npz"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("trained on spectra of this file"), std::string::npos) << result.err;
}

TEST_F(EvaluateCommand, SpectraOfAllFilesCountTogether) {
  run({"synth", "w", "--scale", "0.01", "--seed", "5", "-o", "other.npz", "--quiet"});
  const CommandResult result = evaluate({"w.npz", "other.npz"}, {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto record = nlohmann::json::parse(result.out);
  ASSERT_EQ(record["files"].size(), 2u);
  double right = 0.0;
  for (const auto& file : record["files"])
    right += file["accuracy"].get<double>() * file["compared"].get<double>();
  EXPECT_NEAR(record["accuracy"].get<double>() * record["compared"].get<double>(), right, 1e-9);
  EXPECT_EQ(record["compared"], record["spectra"]);
}

TEST_F(EvaluateCommand, CsvHasALineAClassAndTheMeans) {
  const CommandResult result = evaluate({"w.npz"}, {"--csv", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 5) << result.out;
  EXPECT_EQ(result.out.substr(0, result.out.find('\n')),
            "class,precision,recall,f1,spectra,labelled");
  EXPECT_NE(result.out.find("\nFe3O4,"), std::string::npos);
  EXPECT_EQ(evaluate({"w.npz"}, {"--csv", "--json"}).exit_code, 2);
}

TEST_F(EvaluateCommand, AnUncalibratedModelHasNoReliability) {
  make_model("fe.safetensors", {"--calibrate", "none", "--force"});
  const CommandResult result = evaluate({"w.npz"}, {"-o", "evaluation"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.find("Brier"), std::string::npos);
  EXPECT_EQ(files_below(at("evaluation")),
            (Strings{"confusion.csv", "confusion.svg", "run.json", "scores.csv"}));
  EXPECT_FALSE(json_of(at("evaluation/run.json")).contains("probabilities"));
}

TEST_F(EvaluateCommand, UnknownClassesAndInvalidSpectraAreLeftOutAndCounted) {
  Dataset set = read_dataset(at("w.npz"));
  set.counts[1000] = std::numeric_limits<float>::quiet_NaN();
  set.class_names.push_back("Cr2O3");
  set.labels[1] = 2;
  write_dataset(at("other.npz"), set);
  const CommandResult result =
      evaluate({"other.npz"}, {"--misclassified", "-o", "evaluation", "--bins", "5"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("Cr2O3"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 spectra hold NaN"), std::string::npos) << result.err;
  const auto record = json_of(at("evaluation/run.json"));
  EXPECT_EQ(record["compared"], set.rows - 2);
  EXPECT_EQ(record["invalid"], 1);
  EXPECT_LE(record["probabilities"]["reliability"]["bins"].size(), 5u);
}

TEST_F(EvaluateCommand, NothingToCompareIsAnError) {
  Dataset set = read_dataset(at("w.npz"));
  set.class_names = {"CrO", "Cr2O3"};
  write_dataset(at("other.npz"), set);
  const CommandResult result = evaluate({"other.npz"}, {"-o", "evaluation"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("no spectrum has a label that the model knows"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(at("evaluation")));
}

TEST_F(EvaluateCommand, HeldOutNeedsTheFileAndAFraction) {
  run({"synth", "w", "--scale", "0.01", "--seed", "5", "-o", "other.npz", "--quiet"});
  const CommandResult other = evaluate({"other.npz"}, {"--held-out"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("another file"), std::string::npos) << other.err;
  make_model("fe.safetensors", {"--force"});
  const CommandResult whole = evaluate({"w.npz"}, {"--held-out"});
  EXPECT_EQ(whole.exit_code, 1);
  EXPECT_NE(whole.err.find("--train-fraction"), std::string::npos) << whole.err;
}

TEST_F(EvaluateCommand, OutputsAreNotOverwrittenWithoutForce) {
  ASSERT_EQ(evaluate({"w.npz"}, {"-o", "evaluation"}).exit_code, 0);
  const CommandResult again = evaluate({"w.npz"}, {"-o", "evaluation"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("--force"), std::string::npos) << again.err;
  EXPECT_EQ(evaluate({"w.npz"}, {"-o", "evaluation", "--force"}).exit_code, 0);
  EXPECT_EQ(evaluate({"w.npz"}, {"--misclassified"}).exit_code, 2) << "there is no folder for it";
}

}  // namespace
}  // namespace whiteline::test
