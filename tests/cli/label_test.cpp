#include <whiteline/io.hpp>
#include <whiteline/metrics.hpp>

#include <random>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class LabelCommand : public Workshop {
 protected:
  // Three phases side by side, each with a peak of its own, in a frame of vacuum; some pixels are
  // mixtures of two.
  void make_phases(const std::string& name, std::int64_t height, std::int64_t width) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    SpectrumImage image;
    image.height = height;
    image.width = width;
    image.energy = {500.0, 0.5, 24};
    image.class_names = {"left", "middle", "right"};
    image.scale_units = "nm";
    for (std::int64_t y = 0; y < height; ++y)
      for (std::int64_t x = 0; x < width; ++x) {
        const bool vacuum = y == 0 || x == 0 || y == height - 1 || x == width - 1;
        const std::int64_t phase = std::min<std::int64_t>(3 * x / width, 2);
        const bool mixed = !vacuum && (x + 7 * y) % 23 == 0;
        image.labels.push_back(vacuum || mixed ? no_label : std::int32_t(phase));
        for (std::int64_t c = 0; c < 24; ++c) {
          const bool own = c / 6 == phase, other = mixed && c / 6 == (phase + 1) % 3;
          const float counts = 20.0f + (own ? (mixed ? 60.0f : 100.0f) : 0.0f) +
                               (other ? 40.0f : 0.0f) + 3.0f * normal(random);
          image.counts.push_back(vacuum ? 0.0f : counts);
        }
      }
    write_spectrum_image(at(name), image);
  }
  // Two phases, and between them as many pixels of which half is either.
  void make_mixture(const std::string& name) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    SpectrumImage image;
    image.height = 18;
    image.width = 18;
    image.energy = {500.0, 0.5, 24};
    image.class_names = {"left", "right"};
    for (std::int64_t pixel = 0; pixel < image.pixels(); ++pixel) {
      const std::int64_t third = pixel % image.width / 6;
      image.labels.push_back(third == 1 ? no_label : std::int32_t(third / 2));
      for (std::int64_t c = 0; c < 24; ++c) {
        const float left = c / 6 == 0 ? 100.0f : 20.0f, right = c / 6 == 2 ? 100.0f : 20.0f;
        const float share = 1.0f - 0.5f * float(third);
        image.counts.push_back(share * left + (1.0f - share) * right + 2.0f * normal(random));
      }
    }
    write_spectrum_image(at(name), image);
  }
  CommandResult label(const std::string& image, const std::string& folder,
                      const std::vector<std::string>& more = {},
                      const std::string& min_cluster_size = "30") {
    std::vector<std::string> words = {
        "label",       image, "-o",       folder, "--n-neighbors",     "10",
        "--normalise", "max", "--device", "cpu",  "--min-cluster-size"};
    words.push_back(min_cluster_size);
    words.insert(words.end(), more.begin(), more.end());
    return try_to_run(words);
  }
};

TEST_F(LabelCommand, FindsThePhasesOfAnImageAndGivesNoiseToThem) {
  make_phases("image.npz", 16, 24);
  const CommandResult result = label("image.npz", "out", {"--quality"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("3 clusters"), std::string::npos) << result.out;
  EXPECT_EQ(files_below(at("out")),
            (std::vector<std::string>{"clusters.csv", "clusters.png", "labelled.npz", "labels.csv",
                                      "labels.png", "mean_spectra.csv", "mean_spectra.svg",
                                      "model.safetensors", "probability.png", "run.json",
                                      "scatter.svg", "scatter_truth.svg"}));
  const auto record = json_of(at("out/run.json"));
  EXPECT_EQ(record["spectra"], 14 * 22);
  EXPECT_EQ(record["vacuum"], 16 * 24 - 14 * 22);
  EXPECT_EQ(record["embedded"], 14 * 22);
  EXPECT_EQ(record["noise"], 0);
  EXPECT_GT(record["adjusted_rand_index"], 0.99);
  EXPECT_GT(record["quality"]["trustworthiness"], 0.7);
  EXPECT_GT(record["planned_bytes"], 14 * 22 * 24 * 4);
  for (const char* phase : {"read", "vacuum", "prepare", "embed", "cluster", "train", "label"})
    EXPECT_TRUE(record["phases"].contains(phase)) << phase;
  const std::string table = read_text(at("out/labels.csv"));
  EXPECT_EQ(table.substr(0, 39), "y,x,truth,label,probability,by\n0,0,,,,\n");
  EXPECT_NE(table.find(",cluster\n"), std::string::npos);
}

TEST_F(LabelCommand, OthersLearnFromItsLabels) {
  make_phases("image.npz", 12, 18);
  ASSERT_EQ(label("image.npz", "out", {"--per-cluster", "25", "--quiet"}).exit_code, 0);
  const Dataset set = read_dataset(at("out/labelled.npz"));
  EXPECT_EQ(set.rows, 75);
  EXPECT_EQ(set.channels, 24);
  ASSERT_TRUE(set.energy);
  EXPECT_TRUE(set.energy->matches({500.0, 0.5, 24}));
  EXPECT_EQ(std::count(set.labels.begin(), set.labels.end(), 2), 25);
  run({"train", "out/labelled.npz", "--normalise", "max", "-o", "again.safetensors", "--quiet"});
  make_phases("other.npz", 9, 15);
  for (const std::string model : {"again.safetensors", "out/model.safetensors"}) {
    const std::string folder = model == "again.safetensors" ? "again" : "own";
    run({"classify", "other.npz", "--model", model, "-o", folder, "--quiet"});
    const ProbabilityMaps maps = [&] {
      const auto spectra = at(folder + "/probabilities.hspy");
      return read_probability_maps(
          std::filesystem::exists(spectra) ? spectra : at(folder + "/probabilities.npz"));
    }();
    const SpectrumImage image = read_spectrum_image(at("other.npz"));
    std::vector<std::int32_t> known, found;
    for (std::size_t i = 0; i < maps.labels.size(); ++i) {
      if (image.labels[i] == no_label) continue;
      known.push_back(image.labels[i]);
      found.push_back(maps.labels[i]);
    }
    EXPECT_GT(adjusted_rand_index(known, found), 0.99) << model;
  }
}

TEST_F(LabelCommand, MixturesOfTwoPhasesAreSaidAndPartedOnRequest) {
  make_mixture("image.npz");
  const CommandResult kept = label("image.npz", "kept");
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_NE(kept.err.find("looks like a mixture of clusters"), std::string::npos) << kept.err;
  const auto before = json_of(at("kept/run.json"));
  EXPECT_EQ(before["clusters"], 3);
  ASSERT_EQ(before["mixtures"].size(), 1u);
  EXPECT_NEAR(before["mixtures"][0]["share"], 0.5, 0.05);
  ASSERT_EQ(label("image.npz", "parted", {"--part-mixtures", "--sample", "300"}).exit_code, 0);
  const auto after = json_of(at("parted/run.json"));
  EXPECT_EQ(after["clusters"], 2);
  EXPECT_EQ(after["noise"], 0);
  EXPECT_GE(after["by_classifier"], 18 * 6);
  EXPECT_GT(after["adjusted_rand_index"], 0.99);
  EXPECT_EQ(read_text(at("parted/clusters.csv")).find("\n2,"), std::string::npos);
}

TEST_F(LabelCommand, ASampleStandsForTheRest) {
  make_phases("image.npz", 20, 30);
  const CommandResult result = label("image.npz", "out", {"--sample", "200", "--pca", "4"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto record = json_of(at("out/run.json"));
  EXPECT_EQ(record["embedded"], 200);
  EXPECT_GT(record["by_neighbours"], 250);
  EXPECT_EQ(record["noise"], 0);
  EXPECT_GT(record["adjusted_rand_index"], 0.98);
  EXPECT_GT(record["pca_explained"], 0.8);
  EXPECT_NE(read_text(at("out/labels.csv")).find(",neighbours\n"), std::string::npos);
}

TEST_F(LabelCommand, TheSameBytesForAnyNumberOfThreads) {
  make_phases("image.npz", 12, 18);
  for (const std::string threads : {"1", "3"})
    ASSERT_EQ(
        label("image.npz", "out" + threads, {"--sample", "120", "--threads", threads, "--quiet"})
            .exit_code,
        0);
  for (const std::string& name : files_below(at("out1")))
    if (name != "run.json") {
      EXPECT_EQ(read_text(at("out1/" + name)), read_text(at("out3/" + name))) << name;
    }
}

TEST_F(LabelCommand, SaysWhereThereIsOneClusterOrNone) {
  make_phases("image.npz", 12, 18);
  const CommandResult result = label("image.npz", "out", {}, "150");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("lower --min-cluster-size"), std::string::npos) << result.err;
  EXPECT_FALSE(std::filesystem::exists(at("out/model.safetensors")));
  EXPECT_EQ(json_of(at("out/run.json"))["noise"], 160);
}

TEST_F(LabelCommand, RefusesWhatCannotBeDone) {
  make_phases("image.npz", 12, 18);
  const CommandResult memory = label("image.npz", "out", {"--memory", "100KiB"});
  EXPECT_EQ(memory.exit_code, 4) << memory.err;
  EXPECT_NE(memory.err.find("lower --sample"), std::string::npos) << memory.err;
  EXPECT_EQ(label("missing.npz", "out").exit_code, 3);
  EXPECT_EQ(label("image.npz", "out", {"--window", "900:950"}).exit_code, 1);
  EXPECT_EQ(files(), (std::vector<std::string>{"image.npz"}));
}

TEST_F(LabelCommand, TakesTablesToo) {
  make_phases("image.npz", 12, 18);
  write_dataset(at("set.npz"), labelled_pixels(read_spectrum_image(at("image.npz"))));
  ASSERT_EQ(label("set.npz", "out", {"--quiet"}).exit_code, 0);
  EXPECT_EQ(read_text(at("out/labels.csv")).substr(0, 31), "row,truth,label,probability,by\n");
  EXPECT_FALSE(std::filesystem::exists(at("out/labels.png")));
}

}  // namespace
}  // namespace whiteline::test
