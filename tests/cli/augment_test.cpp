#include <whiteline/io.hpp>

#include <algorithm>
#include <filesystem>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class AugmentCommand : public Workshop {};

TEST_F(AugmentCommand, WritesTheSetItsCopiesAndTheRunRecord) {
  run({"synth", "mn", "--scale", "0.005", "-o", "mn.npz", "--quiet"});
  const Dataset set = read_dataset(at("mn.npz"));
  const CommandResult result = run({"augment", "mn.npz", "--copies", "2", "--shift", "1.5",
                                    "--electrons", "0.5", "--seed", "3", "-o", "more.npz"});
  const Dataset more = read_dataset(at("more.npz"));
  ASSERT_EQ(more.rows, 3 * set.rows);
  EXPECT_EQ(more.class_names, set.class_names);
  EXPECT_TRUE(std::equal(set.counts.begin(), set.counts.end(), more.counts.begin()));
  const auto& shifts = more.truth.at("augmented_shift").values;
  EXPECT_TRUE(std::all_of(shifts.begin() + set.rows, shifts.end(),
                          [](double ev) { return ev != 0.0 && std::abs(ev) <= 1.5; }));
  const auto record = json_of(at("more.npz.run.json"));
  EXPECT_EQ(record["verb"], "augment");
  EXPECT_EQ(record["seed"], 3);
  EXPECT_EQ(record["originals"], set.rows);
  EXPECT_EQ(record["rows"], more.rows);
  EXPECT_NE(result.out.find(std::to_string(more.rows) + " spectra"), std::string::npos);
}

TEST_F(AugmentCommand, FillsEachClassUp) {
  run({"synth", "w", "--scale", "0.005", "-o", "w.npz", "--quiet"});
  run({"augment", "w.npz", "--per-class", "40", "--shift", "1", "-o", "even.npz"});
  const Dataset even = read_dataset(at("even.npz"));
  ASSERT_EQ(even.rows, 80);
  EXPECT_EQ(std::count(even.labels.begin(), even.labels.end(), 0), 40);
  run({"augment", "w.npz", "--own-noise", "-o", "noisy.npz"});
  EXPECT_GT(json_of(at("noisy.npz.run.json"))["electrons"], 0.0);
}

std::vector<std::string> generation(const std::string& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"augment", "mn.npz", "--gan",  "--epochs", "2",  "--batch", "4",
                                    "--count", "9",      "--seed", "3",        "-o", folder};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(AugmentCommand, GeneratesALabelledSetWithItsNetworksAndPictures) {
  run({"synth", "mn", "--scale", "0.01", "-o", "mn.npz", "--quiet"});
  const Dataset set = read_dataset(at("mn.npz"));
  const CommandResult result = run(generation("made", {"--train-fraction", "0.6"}));
  EXPECT_NE(result.err.find("did not converge"), std::string::npos) << result.err;
  const Dataset made = read_dataset(at("made/synthetic.npz"));
  ASSERT_EQ(made.rows, 27);
  EXPECT_EQ(made.class_names, set.class_names);
  EXPECT_EQ(made.energy->size, set.energy->size);
  EXPECT_EQ(made.truth.at("generated").values[10], 1.0);
  const float largest_measured = *std::max_element(set.counts.begin(), set.counts.end());
  for (const float count : made.counts) ASSERT_LT(std::abs(count), 2.0f * largest_measured);
  const auto record = json_of(at("made/run.json"));
  ASSERT_EQ(record["classes"].size(), 3u);
  EXPECT_EQ(record["classes"][0]["status"], "epoch limit");
  EXPECT_EQ(record["classes"][0]["epochs"], 2);
  EXPECT_EQ(record["classes"][1]["likeness"][1]["spectra"], "generated");
  for (std::size_t label = 0; label < 3; ++label)
    EXPECT_EQ(record["classes"][label]["trained_on"],
              std::count(set.labels.begin(), set.labels.end(), label) * 6 / 10);
  const std::string report = read_text(folder() / "made/report.md");
  for (const std::string& name : set.class_names)
    EXPECT_NE(report.find("## " + name), std::string::npos);
  for (const char* name : {"lines_0.svg", "means_1.svg", "map_2.png", "cost_0.svg", "metrics_1.svg",
                           "history_2.csv", "generator_0.safetensors"})
    EXPECT_TRUE(std::filesystem::exists(at(std::string("made/") + name))) << name;
  const CommandResult info = run({"info", "made/generator_1.safetensors"});
  EXPECT_NE(info.out.find(set.class_names[1]), std::string::npos) << info.out;
}

TEST_F(AugmentCommand, GeneratorsAreUsedAgainAndGiveTheSameBytes) {
  run({"synth", "mn", "--scale", "0.01", "-o", "mn.npz", "--quiet"});
  run(generation("made"));
  run({"augment", "mn.npz", "--generators", "made", "--count", "9", "--seed", "3", "-o", "again"});
  EXPECT_EQ(read_dataset(at("made/synthetic.npz")).counts,
            read_dataset(at("again/synthetic.npz")).counts);
  run(generation("twice", {"--threads", "1"}));
  for (const char* name : {"synthetic.npz", "generator_0.safetensors", "history_0.csv"})
    EXPECT_EQ(read_text(folder() / "made" / name), read_text(folder() / "twice" / name)) << name;
  run({"train", "mn.npz", "--augment", "made", "--augment-count", "20", "--normalise", "max", "-o",
       "mn.safetensors"});
  EXPECT_EQ(json_of(at("mn.safetensors.run.json"))["spectra"]["train"], 60);
  run({"train", "mn.npz", "--augment", "classic", "--augment-count", "20", "--normalise", "max",
       "-o", "classic.safetensors"});
  EXPECT_EQ(json_of(at("classic.safetensors.run.json"))["spectra"]["train"], 60);
  run({"synth", "w", "--scale", "0.005", "-o", "w.npz", "--quiet"});
  const CommandResult other = try_to_run({"augment", "w.npz", "--generators", "made", "-o", "w"});
  EXPECT_NE(other.err.find("give the set it was made of"), std::string::npos) << other.err;
}

TEST_F(AugmentCommand, SaysWhatItCannotDo) {
  run({"synth", "wl", "--scale", "0.005", "-o", "wl.npz", "--quiet"});
  const CommandResult shifted = try_to_run({"augment", "wl.npz", "--shift", "1", "-o", "more.npz"});
  EXPECT_NE(shifted.exit_code, 0);
  EXPECT_NE(shifted.err.find("energy axis is unknown"), std::string::npos) << shifted.err;
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "--copies", "-1", "-o", "more.npz"}).exit_code, 2);
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "-o", "more.png"}).exit_code, 1);
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "--gan", "--design", "Solo", "-o", "made"}).exit_code,
            2);
  EXPECT_EQ(try_to_run({"augment", "wl.npz", "--generators", "none", "-o", "made"}).exit_code, 3);
  EXPECT_EQ(files(), (std::vector<std::string>{"wl.npz", "wl.npz.run.json"}));
}

}  // namespace
}  // namespace whiteline::test
