#include <whiteline/io.hpp>

#include <algorithm>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class SearchCommand : public Workshop {
 protected:
  void SetUp() override { make_set(); }

  // The command on the small set in a narrow window; `more` at the end.
  static std::vector<std::string> search(const std::string& folder, const std::string& trials,
                                         const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "search", "w.npz",    "--window", "700:712",     "--device", "cpu", "--epochs",
        "2",      "--trials", trials,     "--in-flight", "2",        "-o",  folder};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string text_of(const std::string& name) const { return read_text(at(name)); }
};

TEST_F(SearchCommand, WritesTablesPicturesAndTheRecord) {
  const CommandResult result =
      run(search("found", "6", {"--space", "conv", "--sampler", "random"}));
  EXPECT_NE(result.out.find("best accuracy "), std::string::npos) << result.out;
  for (const char* name : {"found/success.svg", "found/course.svg"})
    EXPECT_NE(text_of(name).find("</svg>"), std::string::npos) << name;
  const std::string report = text_of("found/report.md");
  for (const char* words : {"## Success by structure", "| C7 |", "## Best trials", "w.npz"})
    EXPECT_NE(report.find(words), std::string::npos) << words;
  EXPECT_EQ(json_of(at("found/report.json"))["trials"].size(), 6u);
  EXPECT_EQ(json_of(at("found/run.json"))["verb"], "search");
}

TEST_F(SearchCommand, GoesOnFromItsJournalToTheSameReport) {
  run(search("whole", "6", {"--threads", "2"}));
  const std::string journal = text_of("whole.trials.jsonl");
  std::size_t cut = 0;
  for (int line = 0; line < 6; ++line) cut = journal.find('\n', cut) + 1;
  write_text(at("other.jsonl"), journal.substr(0, cut + 20));
  const CommandResult result =
      run(search("again", "6", {"--threads", "1", "--journal", "other.jsonl"}));
  EXPECT_NE(result.err.find("going on from "), std::string::npos) << result.err;
  for (const char* name :
       {"/report.md", "/report.json", "/trials.csv", "/curves.csv", "/success.svg", "/course.svg"})
    EXPECT_EQ(text_of(std::string("again") + name), text_of(std::string("whole") + name)) << name;
}

TEST_F(SearchCommand, KilledAtAnyMomentItGoesOnToTheSameReport) {
  run(search("whole", "8", {"--threads", "2"}));
  const auto lines = [&] {
    const std::string journal = at("killed.trials.jsonl");
    const std::string text = std::filesystem::exists(journal) ? read_text(journal) : "";
    return std::count(text.begin(), text.end(), '\n');
  };
  for (int kill = 1; kill <= 3; ++kill) {
    const auto kill_when = [&, from = lines()] { return lines() >= from + 2 * kill; };
    run_whiteline(search("killed", "8", {"--threads", "2"}),
                  {.folder = folder().path(), .kill_when = kill_when});
  }
  EXPECT_GE(lines(), 5);
  run(search("killed", "8", {"--threads", "1", "--force"}));
  for (const char* name : {"/report.md", "/report.json", "/trials.csv", "/curves.csv"})
    EXPECT_EQ(text_of(std::string("killed") + name), text_of(std::string("whole") + name)) << name;
}

TEST_F(SearchCommand, RepeatsATrialAloneToTheSameLosses) {
  run(search("found", "4", {"--threads", "2"}));
  const CommandResult again = run(search("found", "4", {"--threads", "1", "--repeat", "2"}));
  EXPECT_NE(again.out.find("the same loss after each of 2 epochs"), std::string::npos) << again.out;
  EXPECT_EQ(try_to_run(search("found", "4", {"--repeat", "4"})).exit_code, 1);
  std::string journal = text_of("found.trials.jsonl");
  const std::size_t curve = journal.find("\"curve\":[", journal.find("\"line\":\"tell\"")) + 9;
  journal.replace(curve, 3, "9.5");
  write_text(at("found.trials.jsonl"), journal);
  const std::size_t trial = journal.rfind("\"trial\":", curve) + 8;
  const CommandResult other =
      try_to_run(search("found", "4", {"--repeat", journal.substr(trial, 1)}));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("is not what it was"), std::string::npos) << other.err;
}

TEST_F(SearchCommand, WritesTheBestTrialAsAModel) {
  const CommandResult result = run(search(
      "found", "6", {"--model", "best.safetensors", "--model-epochs", "3", "--threads", "2"}));
  EXPECT_NE(result.out.find("held-out accuracy "), std::string::npos) << result.out;
  const auto record = json_of(at("found/run.json"));
  EXPECT_GT(record["accuracy"], 0.6);
  run({"classify", "w.npz", "--model", "best.safetensors", "-o", "out"});
  EXPECT_NE(run({"info", "best.safetensors"}).out.find("network, "), std::string::npos);
  EXPECT_EQ(try_to_run(search("more", "6", {"--model", "best.safetensors"})).exit_code, 1);
}

TEST_F(SearchCommand, LeavesOutTrialsThatCostTooMuch) {
  run(search("found", "4", {"--space", "dense", "--sampler", "random", "--max-memory", "1KiB"}));
  const auto report = json_of(at("found/report.json"));
  EXPECT_EQ(report["trials"].size(), 4u);
  for (const auto& trial : report["trials"]) EXPECT_EQ(trial["status"], "too_costly");
}

TEST_F(SearchCommand, RefusesTheJournalOfAnotherSearch) {
  run(search("one", "1", {"--journal", "one.jsonl"}));
  const CommandResult result =
      try_to_run(search("two", "1", {"--journal", "one.jsonl", "--seed", "2", "--batch", "16"}));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("another search: batch, seed"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace whiteline::test
