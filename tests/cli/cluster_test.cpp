#include <whiteline/io.hpp>
#include <whiteline/metrics.hpp>

#include <fstream>
#include <random>
#include <sstream>

#include "cli/workshop.hpp"

namespace whiteline::test {
namespace {

class ClusterCommand : public Workshop {
 protected:
  // Three clear groups of `rows` spectra in `channels` channels, labelled, and a few far spectra.
  void make_groups(const std::string& name, std::int64_t rows, std::int64_t channels) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    Dataset set;
    set.channels = channels;
    set.class_names = {"one", "two", "three", "far"};
    if (channels > 2) set.energy = EnergyAxis{500.0, 0.5, channels};
    for (std::int64_t row = 0; row < rows; ++row) {
      const bool far = row % 20 == 19;
      for (std::int64_t c = 0; c < channels; ++c)
        set.counts.push_back(normal(random) + (c == row % 3 ? 30.0f * float(row % 3 + 1) : 0.0f) +
                             (far ? 100.0f * normal(random) : 0.0f));
      set.labels.push_back(far ? 3 : std::int32_t(row % 3));
      ++set.rows;
    }
    write_dataset(at(name), set);
  }
  std::vector<std::string> lines_of(const std::string& name) const {
    std::istringstream text(read_text(at(name)));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(ClusterCommand, FindsTheGroupsOfASetAndSaysHowWell) {
  make_groups("set.npz", 240, 12);
  const CommandResult result = run({"cluster", "set.npz", "-o", "out", "--min-cluster-size", "20",
                                    "--min-samples", "5", "--labelled", "labelled.npz"});
  EXPECT_NE(result.out.find("3 clusters, 12 noise"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("adjusted Rand index 1.0000"), std::string::npos) << result.out;
  EXPECT_EQ(files_below(at("out")),
            (std::vector<std::string>{"clusters.csv", "labels.csv", "mean_spectra.csv",
                                      "mean_spectra.svg", "run.json"}));
  const auto record = json_of(at("out/run.json"));
  EXPECT_EQ(record["clusters"], 3);
  EXPECT_EQ(record["noise"], 12);
  EXPECT_EQ(record["adjusted_rand_index"], 1.0);
  EXPECT_EQ(record["outputs"].size(), 5u);
  const auto labels = lines_of("out/labels.csv");
  ASSERT_EQ(labels.size(), 241u);
  EXPECT_EQ(labels[0], "row,truth,cluster,probability,outlier_score");
  EXPECT_EQ(labels[20].substr(0, 11), "19,far,,0.0");
  EXPECT_EQ(lines_of("out/clusters.csv").size(), 4u);
  const auto means = lines_of("out/mean_spectra.csv");
  ASSERT_EQ(means.size(), 13u);
  EXPECT_EQ(means[0].substr(0, 40), "energy_eV,cluster 0 mean,cluster 0 std,c");
  EXPECT_EQ(means[1].substr(0, 4), "500,");
  EXPECT_NE(read_text(at("out/mean_spectra.svg")).find("cluster 2 (76)"), std::string::npos);
  const Dataset labelled = read_dataset(at("labelled.npz")), set = read_dataset(at("set.npz"));
  EXPECT_EQ(labelled.counts, set.counts);
  EXPECT_EQ(labelled.class_names,
            (std::vector<std::string>{"cluster 0", "cluster 1", "cluster 2"}));
  EXPECT_EQ(adjusted_rand_index(set.labels, labelled.labels), 1.0);
}

TEST_F(ClusterCommand, MeansAreThoseOfTheSpectraInTheCluster) {
  make_groups("set.npz", 120, 5);
  run({"cluster", "set.npz", "-o", "out", "--min-cluster-size", "12", "--min-samples", "4",
       "--labelled", "labelled.npz", "--normalise", "l2", "--quiet"});
  const Dataset set = read_dataset(at("labelled.npz"));
  const auto lines = lines_of("out/mean_spectra.csv");
  for (std::int64_t c = 0; c < 5; ++c) {
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (std::int64_t row = 0; row < set.rows; ++row) {
      if (set.labels[std::size_t(row)] != 0) continue;
      const double value = set.counts[std::size_t(row * 5 + c)];
      sum += value;
      squares += value * value;
      count += 1.0;
    }
    double energy = 0.0, mean = 0.0, deviation = 0.0;
    ASSERT_EQ(
        std::sscanf(lines[std::size_t(c) + 1].c_str(), "%lf,%lf,%lf", &energy, &mean, &deviation),
        3);
    EXPECT_EQ(energy, 500.0 + 0.5 * double(c));
    EXPECT_NEAR(mean, sum / count, 1e-5);
    EXPECT_NEAR(deviation, std::sqrt(squares / count - sum / count * (sum / count)), 1e-4);
  }
}

TEST_F(ClusterCommand, AnEmbeddingStandsForTheSpectraOfAnImage) {
  make_cube();
  const SpectrumImage cube = read_spectrum_image(at("cube.npz"));
  std::ofstream table(at("embedding.csv"));
  table << "first,second\n";
  for (std::int64_t pixel = 0; pixel < cube.pixels(); ++pixel)
    table << pixel / cube.width + 100 * (pixel % cube.width >= 5) << "," << pixel % cube.width
          << "\n";
  table.close();
  const CommandResult result =
      run({"cluster", "embedding.csv", "--spectra", "cube.npz", "-o", "out", "--mask-vacuum",
           "none", "--min-cluster-size", "10", "--min-samples", "3"});
  EXPECT_EQ(
      files_below(at("out")),
      (std::vector<std::string>{"clusters.csv", "clusters.png", "labels.csv", "mean_spectra.csv",
                                "mean_spectra.svg", "run.json", "scatter.svg"}))
      << result.out;
  const auto labels = lines_of("out/labels.csv");
  EXPECT_EQ(labels.size(), std::size_t(cube.pixels() + 1));
  EXPECT_EQ(labels[0].substr(0, 4), "y,x,");
  EXPECT_EQ(json_of(at("out/run.json"))["clusters"], 2);
  EXPECT_EQ(
      try_to_run({"cluster", "embedding.csv", "--spectra", "cube.npz", "-o", "out"}).exit_code, 1)
      << "results are there";
  make_groups("other.npz", 7, 2);
  EXPECT_EQ(
      try_to_run({"cluster", "embedding.csv", "--spectra", "other.npz", "-o", "more"}).exit_code,
      1);
}

TEST_F(ClusterCommand, TakesWhatEmbedWrites) {
  make_cube();
  run({"embed", "cube.npz", "-o", "embedded", "--normalise", "max", "--n-neighbors", "8",
       "--quiet"});
  run({"cluster", "embedded/embedding.npz", "--spectra", "cube.npz", "-o", "out",
       "--min-cluster-size", "5", "--quiet"});
  run({"cluster", "embedded/embedding.csv", "-o", "points", "--min-cluster-size", "5", "--quiet"});
  const auto record = json_of(at("out/run.json")), points = json_of(at("points/run.json"));
  EXPECT_GT(record["vacuum"], 10);
  EXPECT_EQ(record["spectra"], points["spectra"]);
  EXPECT_EQ(record["clusters"], points["clusters"]);
}

TEST_F(ClusterCommand, VacuumTakesNoPart) {
  make_cube();
  run({"cluster", "cube.npz", "-o", "out", "--min-cluster-size", "5", "--normalise", "max",
       "--single-cluster"});
  const auto record = json_of(at("out/run.json"));
  EXPECT_GT(record["vacuum"], 10);
  EXPECT_EQ(record["vacuum"].get<int>() + record["spectra"].get<int>(), 120);
  EXPECT_EQ(lines_of("out/labels.csv")[1].substr(0, 4), "0,0,");
}

TEST_F(ClusterCommand, NeighboursAreLeftAndTakenAgain) {
  make_groups("set.npz", 100, 8);
  const std::vector<std::string> command = {"cluster", "set.npz", "--min-cluster-size",
                                            "8",       "--graph", "graph.safetensors",
                                            "--quiet", "-o"};
  const auto into = [&](const std::string& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> words = command;
    words.push_back(folder);
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  run(into("first"));
  EXPECT_EQ(read_knn_graph(at("graph.safetensors")).k, 15);
  run(into("second"));
  EXPECT_EQ(read_text(at("first/labels.csv")), read_text(at("second/labels.csv")));
  EXPECT_EQ(json_of(at("second/run.json"))["inputs"].size(), 2u);
  const CommandResult other = try_to_run(into("third", {"--normalise", "max"}));
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("made from other rows"), std::string::npos) << other.err;
}

TEST_F(ClusterCommand, TheSameBytesForAnyNumberOfThreads) {
  make_set();
  for (const std::string threads : {"1", "3"})
    run({"cluster", "w.npz", "-o", "out" + threads, "--normalise", "max", "--min-cluster-size",
         "10", "--threads", threads, "--quiet"});
  for (const std::string& name : files_below(at("out1")))
    if (name != "run.json") {
      EXPECT_EQ(read_text(at("out1/" + name)), read_text(at("out3/" + name))) << name;
    }
}

}  // namespace
}  // namespace whiteline::test
