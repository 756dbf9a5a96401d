#include <whiteline/io.hpp>

#include <fstream>
#include <sstream>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class SelectCommand : public Workshop {
 protected:
  void SetUp() override { make_set(); }

  // The command on the small set, prepared; `more` at the end.
  std::vector<std::string> select(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"select",   "w.npz", "--background", "powerlaw:485:515",
                                          "--device", "cpu",   "--folds",      "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(at(name));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  }
};

TEST_F(SelectCommand, WritesCellsPicturesCurveAndTheBestModel) {
  const CommandResult result =
      run(select({"--kernel", "rbf,cosine", "--C", "1:100:3", "--gamma", "0.001,0.1", "--normalise",
                  "max,l2", "--train-fraction", "0.5", "--learning-curve", "--fractions", "0.5,1",
                  "-o", "search", "--model", "best.safetensors"}));
  EXPECT_NE(result.out.find("best accuracy "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("held-out accuracy "), std::string::npos) << result.out;
  EXPECT_NE(result.err.find("support vectors"), std::string::npos) << result.err;
  for (const char* name :
       {"search/heat_rbf_max.svg", "search/heat_rbf_l2.svg", "search/heat_cosine_max.svg",
        "search/heat_cosine_l2.svg", "search/learning_curve.svg"})
    EXPECT_NE(text_of(name).find("</svg>"), std::string::npos) << name;
  EXPECT_EQ(count(text_of("search/learning_curve.csv"), "\n"), 3u);
  const std::string cells = text_of("search/cells.csv");
  EXPECT_EQ(count(cells, "\n"), 1u + 2 * (6 + 3));
  EXPECT_EQ(cells.substr(0, 24), "kernel,normalise,C,gamma");

  const auto record = json_of(at("search/run.json"));
  EXPECT_EQ(record["verb"], "select");
  EXPECT_EQ(record["cells"].size(), 18u);
  EXPECT_EQ(record["learning_curve"].size(), 2u);
  EXPECT_GT(record["best"]["mean"], 0.9);
  EXPECT_GT(record["accuracy"], 0.9);
  const SvmModel model = read_model(at("best.safetensors"));
  EXPECT_EQ(model.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
  EXPECT_TRUE(model.calibrated());
  EXPECT_EQ(name(model.kernel.type), record["best"]["kernel"]);
  EXPECT_EQ(model.pipeline.steps().size(), 2u);
  run({"classify", "w.npz", "--model", "best.safetensors", "-o", "labels", "--quiet"});
}

TEST_F(SelectCommand, TheModelIsTheOneThatTrainMakes) {
  run(select({"--kernel", "rbf", "--C", "10", "--gamma", "0.1", "--normalise", "l2", "--calibrate",
              "none", "--model", "a.safetensors", "--quiet"}));
  run({"train", "w.npz", "--background", "powerlaw:485:515", "--kernel", "rbf", "--C", "10",
       "--gamma", "0.1", "--normalise", "l2", "--calibrate", "none", "--device", "cpu", "-o",
       "b.safetensors", "--quiet"});
  const SvmModel a = read_model(at("a.safetensors")), b = read_model(at("b.safetensors"));
  EXPECT_EQ(a.coefficients, b.coefficients);
  EXPECT_EQ(a.rho, b.rho);
  EXPECT_EQ(a.support_vectors, b.support_vectors);
  EXPECT_EQ(a.pipeline.to_json(), b.pipeline.to_json());
}

TEST_F(SelectCommand, AJournalIsTakenUpAndAnUnfinishedLineIsCutOff) {
  const auto search = [&](const std::string& folder) {
    run(select({"--kernel", "linear,rbf", "--C", "0.1,1,10", "--gamma", "0.01,0.1", "--journal",
                "cells.jsonl", "-o", folder, "--quiet"}));
    return json_of(at(folder + "/run.json"))["cells"];
  };
  const auto first = search("one");
  const std::string journal = text_of("cells.jsonl");
  EXPECT_EQ(count(journal, "\n"), 9u);
  EXPECT_EQ(search("two"), first);  // with its seconds: nothing was solved again
  EXPECT_EQ(text_of("cells.jsonl"), journal);
  std::ofstream(at("cells.jsonl"), std::ios::binary) << journal.substr(0, journal.size() - 40);
  auto third = search("three");
  EXPECT_EQ(count(text_of("cells.jsonl"), "\n"), 9u);
  auto expected = first;
  for (auto* cells : {&third, &expected})
    for (auto& cell : *cells) cell.erase("seconds");
  EXPECT_EQ(third, expected);
}

TEST_F(SelectCommand, PrintsTheResultAsJson) {
  const CommandResult result = run(select({"--kernel", "cosine", "--C", "1,10", "--json"}));
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["cells"].size(), 2u);
  EXPECT_EQ(json["best"]["kernel"], "cosine");
}

TEST_F(SelectCommand, SaysWhatIsWrongWithAList) {
  const auto complaint = [&](const std::vector<std::string>& more) {
    const CommandResult result = try_to_run(select(more));
    EXPECT_EQ(result.exit_code, 2) << result.err;
    return result.err;
  };
  for (const auto& [option, value, part] :
       std::vector<std::array<std::string, 3>>{{"--C", "1,0", "above 0"},
                                               {"--C", "1e-3:1e4", "three parts"},
                                               {"--C", "5:1:3", "goes up"},
                                               {"--C", "1:10:100000", "2 to 1000 values"},
                                               {"--C", "1,,2", "no number"},
                                               {"--gamma", "ten", "no number"},
                                               {"--coef0", "nan", "no number"},
                                               {"--degree", "0", "1 to 64"},
                                               {"--kernel", "rbf,cubic", "unknown kernel `cubic`"},
                                               {"--normalise", "area", "cannot be searched"},
                                               {"--normalise", "loud", "cannot be searched"},
                                               {"--fractions", "0.5,2", "at most 1"},
                                               {"--score", "f2", "f2"}}) {
    const std::string text = complaint({option, value});
    EXPECT_NE(text.find(part), std::string::npos) << option << " " << value << ": " << text;
    EXPECT_NE(text.find(option), std::string::npos) << text;
  }
}

TEST_F(SelectCommand, RefusesBeforeTheWorkWhatCannotBeWritten) {
  run(select({"--C", "1", "-o", "search", "--quiet"}));
  const CommandResult again = try_to_run(select({"--C", "1", "-o", "search"}));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("--force"), std::string::npos) << again.err;
  std::ofstream(at("poem.txt")) << "no journal\n";
  const CommandResult poem = try_to_run(select({"--C", "1", "--journal", "poem.txt"}));
  EXPECT_EQ(poem.exit_code, 3);
  EXPECT_EQ(text_of("poem.txt"), "no journal\n");
  const CommandResult folds = try_to_run({"select", "w.npz", "--C", "1", "--folds", "1000"});
  EXPECT_EQ(folds.exit_code, 1);
  EXPECT_NE(folds.err.find("fold"), std::string::npos) << folds.err;
}

}  // namespace
}  // namespace whiteline::test
