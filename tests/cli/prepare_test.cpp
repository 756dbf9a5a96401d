#include <whiteline/io.hpp>

#include <cmath>
#include <fstream>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class PrepareCommand : public Workshop {
 protected:
  std::string text_of(const std::string& name) const {
    std::ifstream file(at(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(PrepareCommand, WritesTheImageItsRecordAndPictures) {
  make_cube();
  const CommandResult result = run({"prepare", "cube.npz", "-o", "out.npz", "--spikes", "8",
                                    "--background", "likelihood:600:690", "--window", "600:800",
                                    "--pca", "4", "--pca-weighting", "poisson"});
  EXPECT_NE(result.out.find("120 spectra"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("4 components explain"), std::string::npos) << result.out;
  EXPECT_EQ(files(), (std::vector<std::string>{"cube.npz", "cube.npz.run.json", "out.npz",
                                               "out.npz.before_after.svg", "out.npz.run.json",
                                               "out.npz.scree.svg"}));
  const SpectrumImage before = read_spectrum_image(at("cube.npz")),
                      after = read_spectrum_image(at("out.npz"));
  EXPECT_EQ(after.pixels(), before.pixels());
  EXPECT_EQ(after.labels, before.labels);
  EXPECT_NEAR(after.energy.offset, 600.0, 0.5);
  const auto record = json_of(at("out.npz.run.json"));
  EXPECT_EQ(record["verb"], "prepare");
  EXPECT_EQ(record["steps"].size(), 4u) << record["steps"];
  EXPECT_EQ(record["pca"]["components"], 4);
  EXPECT_GT(record["pca"]["explained"], 0.5);
  EXPECT_EQ(record["found"]["spikes"].size(), 1u);
  EXPECT_EQ(record["found"]["backgrounds"].size(), 1u);
  EXPECT_NE(text_of("out.npz.scree.svg").find("Explained variance"), std::string::npos);
  EXPECT_NE(text_of("out.npz.before_after.svg").find("before"), std::string::npos);
}

TEST_F(PrepareCommand, PreparesSetsAsASavedPipelineDoes) {
  make_set();
  run({"prepare", "w.npz", "-o", "by_options.npz", "--background", "twoarea:485:515", "--window",
       "520:780", "--normalise", "l2", "--quiet"});
  std::ofstream(at("steps.json"))
      << R"([{"kind":"background","method":"two_area","low":485,"high":515},)"
      << R"({"kind":"crop","low":520,"high":780},{"kind":"normalise","by":"l2","low":0,"high":0}])";
  run({"prepare", "w.npz", "-o", "by_file.npz", "--pipeline", "steps.json", "--quiet"});
  const Dataset one = read_dataset(at("by_options.npz")), other = read_dataset(at("by_file.npz"));
  EXPECT_EQ(one.counts, other.counts);
  EXPECT_EQ(one.labels, read_dataset(at("w.npz")).labels);
  EXPECT_EQ(one.class_names, (std::vector<std::string>{"FeO", "Fe3O4"}));
  EXPECT_EQ(one.channels, 1040);
  for (std::int64_t r = 0; r < one.rows; ++r) {
    double squares = 0.0;
    for (std::int64_t c = 0; c < one.channels; ++c)
      squares += std::pow(double(one.counts[std::size_t(r * one.channels + c)]), 2);
    ASSERT_NEAR(squares, 1.0, 1e-5);
  }
}

TEST_F(PrepareCommand, MovesASecondImageByTheSameShifts) {
  make_cube();
  run({"prepare", "cube.npz", "-o", "one.npz", "--align", "correlate:700:730", "--also-align",
       "cube.npz", "--also-output", "two.npz", "--quiet"});
  EXPECT_EQ(read_spectrum_image(at("one.npz")).counts, read_spectrum_image(at("two.npz")).counts);
  const auto record = json_of(at("one.npz.run.json"));
  EXPECT_EQ(record["found"]["shifts_eV"].size(), 1u);
  EXPECT_EQ(record["outputs"].size(), 3u) << record["outputs"];
}

TEST_F(PrepareCommand, RebinsPixelsAndChannels) {
  make_cube();
  run({"prepare", "cube.npz", "-o", "small.npz", "--rebin", "2:5:4", "--quiet"});
  const SpectrumImage before = read_spectrum_image(at("cube.npz")),
                      after = read_spectrum_image(at("small.npz"));
  EXPECT_EQ(after.height, 6);
  EXPECT_EQ(after.width, 2);
  EXPECT_EQ(after.energy.size, before.energy.size / 4);
  EXPECT_DOUBLE_EQ(after.energy.dispersion, 4.0 * before.energy.dispersion);
}

TEST_F(PrepareCommand, RefusesOptionsThatDoNotGoTogether) {
  make_set();
  std::ofstream(at("steps.json")) << "[]";
  std::ofstream(at("no_steps.json")) << "{\"a\":1}";
  const auto refused = [&](std::vector<std::string> more, int exit_code) {
    std::vector<std::string> arguments = {"prepare", "w.npz", "-o", "out.npz"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const CommandResult result = try_to_run(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << more[0] << result.err;
    EXPECT_FALSE(result.err.empty());
  };
  refused({"--pipeline", "steps.json", "--window", "500:600"}, 2);
  refused({"--also-align", "w.npz"}, 2);
  refused({"--also-align", "w.npz", "--also-output", "b.npz"}, 2);
  refused({"--zero-fill"}, 2);
  refused({"--keep-counts"}, 2);
  refused({"--background", "cubic:1:2"}, 2);
  refused({"--pipeline", "no_steps.json"}, 3);
  refused({"--pipeline", "missing.json"}, 3);
  refused({"--pca", "4000"}, 1);
  refused({"--window", "100:200"}, 1);
}

}  // namespace
}  // namespace whiteline::test
