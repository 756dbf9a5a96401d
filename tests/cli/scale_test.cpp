// Images in tiles: bounded memory, kills, parts that are joined; always the bytes of one run.
#include <whiteline/io.hpp>
#include <whiteline/preprocess.hpp>

#include <cmath>
#include <fstream>

#include "cli/workshop.hpp"
#include "io/dm_writer.hpp"

namespace whiteline::test {
namespace {

namespace fs = std::filesystem;

class Scale : public Workshop {
 protected:
  void SetUp() override {
    make_set();
    make_model();
    make_cube();
    image_ = read_spectrum_image(at("cube.npz"));
    write_dm("cube.dm4");
  }
  // The cube as a microscope writes it: uint16, energy slowest.
  void write_dm(const std::string& name) {
    std::vector<std::uint16_t> counts;
    for (std::int64_t c = 0; c < image_.energy.size; ++c)
      for (std::int64_t p = 0; p < image_.pixels(); ++p)
        counts.push_back(std::uint16_t(image_.at(p, c)));
    const DmWriter dm(4);
    const float scale = 0.25f, origin = float(-image_.energy.offset / 0.25);
    write_text(
        at(name),
        dm.file({dm.group(
            "ImageList",
            {dm.image(10, 4, counts,
                      {{10, 0, 1, u"nm"}, {12, 0, 1, u"nm"}, {1360, origin, scale, u"eV"}})})}));
  }
  std::vector<std::string> command(const std::string& folder, const std::string& memory = "64KiB") {
    return {"classify", "cube.dm4", "--model",  "fe.safetensors", "-o",        folder, "--device",
            "cpu",      "--quiet",  "--memory", memory,           "--unknown", "0.7"};
  }
  static std::vector<std::string> with(std::vector<std::string> words,
                                       const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // All files but run.json, which holds times, are the same bytes.
  void expect_same_maps(const std::string& a, const std::string& b) {
    const std::vector<std::string> names = files_below(at(a));
    EXPECT_EQ(names, files_below(at(b)));
    EXPECT_GE(names.size(), 6u);
    for (const std::string& name : names) {
      if (name == "run.json") continue;
      EXPECT_TRUE(read_text(at(a + "/" + name)) == read_text(at(b + "/" + name))) << name;
    }
  }
  // Whole lines of the journal: its head, then one a tile.
  std::int64_t journal_lines(const std::string& folder) const {
    const std::string text = read_text(at(folder + "/journal"));
    return std::count(text.begin(), text.end(), '\n');
  }
  SpectrumImage image_;
};

TEST_F(Scale, TilesOfAnySizeGiveTheMapsOfTheWholeImageInMemory) {
  run(command("whole", "1GiB"));
  for (const char* memory : {"1KiB", "100KiB", "777KiB"}) {
    run(with(command("tiles", memory), {"--force"}));
    expect_same_maps("whole", "tiles");
  }
  EXPECT_FALSE(fs::exists(at("tiles.unfinished")));
  const Context ctx("cpu");
  const SvmModel model = read_model(at("fe.safetensors"));
  const SpectrumImage image = read_spectrum_image(at("cube.dm4"));
  const SvmPrediction wanted =
      svm_classify(ctx, model, image.spectra(), image.energy, {.probability = true});
  const auto signal = signal_mask(image);
  const bool hspy = fs::exists(at("tiles/probabilities.hspy"));
  const ProbabilityMaps maps =
      read_probability_maps(at(hspy ? "tiles/probabilities.hspy" : "tiles/probabilities.npz"));
  int labelled = 0;
  for (std::size_t pixel = 0; pixel < signal.size(); ++pixel) {
    const float p = wanted.probability[2 * pixel], found = maps.probabilities[2 * pixel];
    if (signal[pixel])
      EXPECT_EQ(found, p);
    else
      EXPECT_TRUE(std::isnan(found)) << pixel;
    if (!signal[pixel] || std::max(p, 1 - p) < 0.69f) {
      EXPECT_EQ(maps.labels[pixel], no_label) << pixel;
    } else if (std::max(p, 1 - p) > 0.71f) {
      EXPECT_EQ(maps.labels[pixel], wanted.labels[pixel]) << pixel;
      ++labelled;
    }
  }
  EXPECT_GT(labelled, 20);
}

TEST_F(Scale, AnHspyInTilesGivesTheMapsOfItsSpectraInMemory) {
  try {
    write_spectrum_image(at("cube.hspy"), image_);
  } catch (const Unsupported& reason) {
    GTEST_SKIP() << reason.what();
  }
  const auto of = [&](const std::string& file, const std::string& folder,
                      const std::string& memory) {
    auto words = command(folder, memory);
    words[1] = file;
    return words;
  };
  run(of("cube.npz", "whole", "1GiB"));
  run(of("cube.hspy", "tiles", "100KiB"));
  expect_same_maps("whole", "tiles");
  for (const char* part : {"0/2", "1/2"})
    run(with(of("cube.hspy", "part" + std::string(part, 1), "100KiB"), {"--shard", part}));
  run({"merge", "part0", "part1", "-o", "merged", "--quiet"});
  expect_same_maps("whole", "merged");
}

TEST_F(Scale, TheRunRecordTellsTheSpeed) {
  run(command("maps"));
  const auto record = json_of(at("maps/run.json"));
  EXPECT_EQ(record["speed"]["spectra"], 120);
  EXPECT_GT(record["speed"]["spectra_per_second"], 0.0);
  EXPECT_LT(record["speed"]["tile_pixels"], 12);
}

TEST_F(Scale, ARunThatWasKilledGoesOnAndEndsInTheSameBytes) {
  run(command("whole"));
  const std::vector<std::string> small = command("killed", "32KiB");
  for (const std::int64_t lines : {1, 4, 12}) {
    const CommandResult result = run_whiteline(
        with(small, {"--force"}), {.folder = folder().path(), .kill_when = [&] {
                                     return journal_lines("killed.unfinished") >= lines;
                                   }});
    ASSERT_EQ(result.exit_code, 128 + 9) << "it ended before " << lines << " lines";
    EXPECT_FALSE(fs::exists(at("killed/labels.png")));
    run(small);
    expect_same_maps("whole", "killed");
    EXPECT_FALSE(fs::exists(at("killed.unfinished")));
    fs::remove_all(at("killed"));
  }
}

TEST_F(Scale, AJournalLineCutShortIsDoneAgain) {
  run(command("whole"));
  run_whiteline(command("cut", "32KiB"), {.folder = folder().path(), .kill_when = [&] {
                                            return journal_lines("cut.unfinished") >= 6;
                                          }});
  std::ofstream(at("cut.unfinished/journal"), std::ios::app) << "11";
  run(command("cut", "32KiB"));
  expect_same_maps("whole", "cut");
}

TEST_F(Scale, AnUnfinishedRunOfAnotherModelOrFileIsNotContinued) {
  run_whiteline(command("maps", "32KiB"), {.folder = folder().path(), .kill_when = [&] {
                                             return journal_lines("maps.unfinished") >= 3;
                                           }});
  const CommandResult other = try_to_run(with(command("maps", "32KiB"), {"--mask-vacuum", "0.2"}));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("mask-vacuum"), std::string::npos) << other.err;
  EXPECT_NE(other.err.find("--force"), std::string::npos) << other.err;
  image_.counts[0] += 1.0f;
  write_dm("cube.dm4");
  const CommandResult changed = try_to_run(command("maps", "32KiB"));
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_NE(changed.err.find("fingerprint"), std::string::npos) << changed.err;
  EXPECT_EQ(try_to_run(with(command("maps", "32KiB"), {"--force"})).exit_code, 0);
}

TEST_F(Scale, ARunThatFailsAtOnceLeavesNothing) {
  const CommandResult result = try_to_run(with(command("maps"), {"--shift-energy", "5000"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_FALSE(fs::exists(at("maps")));
  EXPECT_FALSE(fs::exists(at("maps.unfinished")));
}

TEST_F(Scale, PartsJoinToTheMapsOfOneRun) {
  run(command("whole"));
  for (const char* shard : {"0/3", "1/3", "2/3"})
    run(with(command(std::string("part") + shard[0]), {"--shard", shard}));
  EXPECT_FALSE(fs::exists(at("part0.unfinished")));
  EXPECT_EQ(json_of(at("part1/run.json"))["pixels"], nlohmann::json({40, 80}));
  run({"merge", "part2", "part0", "part1", "-o", "merged", "--quiet"});
  expect_same_maps("whole", "merged");
  const auto whole = json_of(at("whole/run.json")), merged = json_of(at("merged/run.json"));
  for (const char* field : {"spectra", "vacuum", "unknown", "labelled", "disagreements"})
    EXPECT_EQ(whole[field], merged[field]) << field;
  EXPECT_EQ(merged["parts"].size(), 3u);
  EXPECT_EQ(merged["verb"], "merge");
}

TEST_F(Scale, TruthGoesThroughParts) {
  const auto classify = [&](const std::string& folder, std::vector<std::string> more) {
    run(with({"classify", "cube.npz", "--model", "fe.safetensors", "-o", folder, "--device", "cpu",
              "--quiet"},
             more));
  };
  classify("whole", {});
  classify("a", {"--shard", "0/2"});
  classify("b", {"--shard", "1/2"});
  run({"merge", "a", "b", "-o", "merged", "--quiet"});
  EXPECT_EQ(json_of(at("whole/run.json"))["confusion"],
            json_of(at("merged/run.json"))["confusion"]);
  EXPECT_EQ(json_of(at("whole/run.json"))["accuracy"], json_of(at("merged/run.json"))["accuracy"]);
}

TEST_F(Scale, PartsThatDoNotBelongTogetherAreRefused) {
  run(with(command("a"), {"--shard", "0/2"}));
  run(with(command("b"), {"--shard", "1/2"}));
  run(with(command("c"), {"--shard", "1/2", "--mask-vacuum", "none"}));
  const auto refused = [&](const std::vector<std::string>& parts, const std::string& words) {
    const CommandResult result = try_to_run(with(with({"merge"}, parts), {"-o", "m"}));
    EXPECT_NE(result.exit_code, 0);
    EXPECT_NE(result.err.find(words), std::string::npos) << result.err;
    EXPECT_FALSE(fs::exists(at("m")));
  };
  refused({"a"}, "pixels 60 to 119 are in none");
  refused({"b"}, "pixels 0 to 59 are in none");
  refused({"a", "a", "b"}, "pixels 0 to 59 are in two");
  refused({"a", "c"}, "different images, models or options");
  refused({"a", "missing"}, "missing");
  write_text(at("b/journal"), read_text(at("b/journal")).substr(0, 30));
  refused({"a", "b"}, "cannot read");
  fs::resize_file(at("c/labels.i32"), 16);
  refused({"c", "c"}, "");
}

TEST_F(Scale, ShardsOfSeveralInputsAreFiles) {
  run({"classify", "cube.npz", "w.npz", "--model", "fe.safetensors", "-o", "all", "--shard", "1/2",
       "--quiet"});
  EXPECT_TRUE(fs::exists(at("all/w/labels.csv")));
  EXPECT_FALSE(fs::exists(at("all/cube")));
}

}  // namespace
}  // namespace whiteline::test
