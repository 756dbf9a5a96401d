// Images that memory does not hold, converted and prepared from file to file.
#include <whiteline/io.hpp>

#include <cmath>
#include <limits>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

using Strings = std::vector<std::string>;

class LargeImage : public Workshop {
 protected:
  void SetUp() override {
    make_cube();
    run({"convert", "cube.npz", "cube.hspy", "--quiet"});
  }
  static Strings with(Strings words, const Strings& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // Runs the command on the image in memory and in tiles, and compares what it wrote: file in, file
  // out. Truth tables are not taken along by tiles.
  void expect_same(const Strings& command, const std::string& in, const std::string& ending,
                   const Strings& more = {}) {
    const std::string whole = "whole" + ending, tiles = "tiles" + ending;
    const auto line = [&](const std::string& out) {
      Strings words = {command.front(), in};
      if (command.front() == "prepare") words.push_back("-o");
      words.push_back(out);
      words.insert(words.end(), command.begin() + 1, command.end());
      return with(words, with(more, {"--force"}));
    };
    run(line(whole));
    run(with(line(tiles), {"--memory", "100KiB"}));
    const SpectrumImage a = read_spectrum_image(at(whole)), b = read_spectrum_image(at(tiles));
    EXPECT_EQ(a.counts, b.counts) << in << ending;
    EXPECT_EQ(a.labels, b.labels);
    EXPECT_EQ(a.class_names, b.class_names);
    EXPECT_EQ(a.energy.offset, b.energy.offset);
    EXPECT_EQ(a.energy.dispersion, b.energy.dispersion);
    EXPECT_EQ(a.scale_x, b.scale_x);
    EXPECT_EQ(a.title, b.title);
    EXPECT_EQ(a.metadata, b.metadata);
    const auto first = json_of(at(whole + ".run.json")), second = json_of(at(tiles + ".run.json"));
    for (const char* field : {"spectra", "channels", "energy", "steps", "found"})
      EXPECT_EQ(first.value(field, nlohmann::json()), second.value(field, nlohmann::json()))
          << field;
    EXPECT_FALSE(b.truth.empty() == a.truth.empty()) << "else it was not done by tiles";
  }
};

TEST_F(LargeImage, IsConvertedToTheSameSpectra) {
  expect_same({"convert"}, "cube.hspy", ".npz");
  expect_same({"convert"}, "cube.hspy", ".hspy", {"--axis", "460:0.5"});
}

TEST_F(LargeImage, IsPreparedToTheSameSpectra) {
  const Strings steps = {"prepare",      "--spikes",         "8",
                         "--background", "powerlaw:485:515", "--window",
                         "520:780",      "--normalise",      "l2"};
  for (const char* ending : {".npz", ".hspy"}) expect_same(steps, "cube.hspy", ending);
  EXPECT_EQ(read_text(at("whole.npz.before_after.svg")),
            read_text(at("tiles.npz.before_after.svg")));
}

TEST_F(LargeImage, NamesTheSpectrumThatIsNotFinite) {
  SpectrumImage image = read_spectrum_image(at("cube.npz"));
  image.counts[std::size_t(100 * image.energy.size + 700)] =
      std::numeric_limits<float>::quiet_NaN();
  image.truth.clear();
  write_spectrum_image(at("bad.hspy"), image);
  for (const char* memory : {"100KiB", "1GiB"}) {
    const CommandResult result = try_to_run({"prepare", "bad.hspy", "-o", "out.npz", "--background",
                                             "powerlaw:485:515", "--memory", memory});
    EXPECT_EQ(result.exit_code, 1) << memory;
    EXPECT_NE(result.err.find("100"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("700"), std::string::npos) << result.err;
  }
  for (const std::string& file : files())
    EXPECT_EQ(file.find("out.npz"), std::string::npos) << file;
}

}  // namespace
}  // namespace whiteline::test
