// Clusters that scikit-learn and the hdbscan package find (tests/golden/make_hdbscan.py).
#include <whiteline/hdbscan.hpp>
#include <whiteline/io.hpp>
#include <whiteline/metrics.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include "algorithms/public_sets.hpp"
#include "support/data.hpp"

namespace whiteline::test {
namespace {

using nlohmann::json;

json golden(const std::string& name) {
  std::ifstream file(source_folder() / "tests/golden/hdbscan" / (name + ".json"));
  return json::parse(file);
}

HdbscanParams params_of(const json& given) {
  HdbscanParams params;
  params.min_cluster_size = given["min_cluster_size"];
  params.min_samples = given.value("min_samples", 0);
  params.cluster_selection_epsilon = given.value("cluster_selection_epsilon", 0.0);
  params.max_cluster_size = given.value("max_cluster_size", 0);
  params.alpha = given.value("alpha", 1.0);
  if (given.value("cluster_selection_method", "eom") == "leaf")
    params.selection = HdbscanParams::Selection::leaf;
  if (given.value("allow_single_cluster", false))
    params.single_cluster = HdbscanParams::SingleCluster::allow;
  return params;
}

struct Points {
  std::int64_t rows = 0, channels = 0;
  std::vector<float> values;

  explicit Points(const json& table) : rows(std::ssize(table)), channels(std::ssize(table[0])) {
    for (const json& row : table)
      for (const float value : row) values.push_back(value);
  }
  Points(std::int64_t row_count, std::int64_t channel_count, std::vector<float> numbers)
      : rows(row_count), channels(channel_count), values(std::move(numbers)) {}
  Matrix on(const Context& ctx) const {
    return Matrix::from_host(ctx, HostView(values.data(), rows, channels));
  }
};

// The same clusters and probabilities (to within float32), but for rows whose own answer there
// changes with the order of the rows: tests/golden/make_hdbscan.py.
void expect_same(const std::vector<std::int32_t>& labels, const std::vector<float>& probabilities,
                 const json& want) {
  const auto wanted = want["labels"].get<std::vector<std::int32_t>>();
  ASSERT_EQ(wanted.size(), labels.size());
  const auto stable = [&](const char* what) {
    std::vector<char> flags(labels.size(), 1);
    for (const std::size_t row : want["unstable"][what]) flags[row] = 0;
    return flags;
  };
  const std::vector<char> label_stable = stable("labels"),
                          probability_stable = stable("probabilities");
  std::vector<std::int32_t> ours, theirs;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (!label_stable[row]) continue;
    ours.push_back(labels[row]);
    theirs.push_back(wanted[row]);
    EXPECT_EQ(labels[row] == no_label, wanted[row] == no_label) << row;
    if (probability_stable[row]) {
      EXPECT_NEAR(probabilities[row], want["probabilities"][row], 2e-6) << row;
    }
  }
  EXPECT_EQ(adjusted_rand_index(theirs, ours), 1.0);
}

void expect_all(const json& fits, const Points& points) {
  const Context ctx("cpu", {.threads = 2});
  const Matrix x = points.on(ctx);
  for (const auto& [name, want] : fits.items()) {
    SCOPED_TRACE(name);
    const HdbscanResult fit = hdbscan(ctx, params_of(want["params"]), x);
    expect_same(fit.labels, fit.probabilities, want);
  }
}

class HdbscanGoldenTest : public ::testing::TestWithParam<const char*> {};

TEST_P(HdbscanGoldenTest, ClustersAreThoseOfScikitLearn) {
  const json all = golden(GetParam());
  expect_all(all["fits"], Points(all["rows"]));
}

TEST_P(HdbscanGoldenTest, NewRowsFallWhereTheHdbscanPackagePutsThem) {
  const json all = golden(GetParam()), want = all["package"];
  const Context ctx("cpu", {.threads = 2});
  const Matrix x = Points(all["rows"]).on(ctx);
  const HdbscanParams params = params_of(want["params"]);
  const HdbscanResult fit = hdbscan(ctx, params, x);
  const HdbscanPrediction placed =
      hdbscan_predict(ctx, params, fit, x, Points(want["asked"]).on(ctx));
  expect_same(placed.labels, placed.probabilities, want);
}

INSTANTIATE_TEST_SUITE_P(Golden, HdbscanGoldenTest,
                         ::testing::Values("blobs", "moons", "eight_channels", "equal_rows"),
                         [](const auto& file) { return std::string(file.param); });

TEST(HdbscanGolden, ClusterableDataHaveTheClustersOfScikitLearn) {
  WHITELINE_NEEDS_DATA(data);
  const SpectrumImage table = read_spectrum_image(data / "ml/hdbscan/clusterable_data.npy");
  expect_all(golden("clusterable_data")["fits"], {table.pixels(), table.energy.size, table.counts});
}

TEST(HdbscanGolden, DigitsHaveTheClustersOfScikitLearn) {
  WHITELINE_NEEDS_DATA(data);
  std::vector<float> pixels;
  const auto lines = number_lines(unzipped_text(data / "ml/sklearn/digits.csv.gz"), 0);
  for (const std::vector<double>& line : lines)
    pixels.insert(pixels.end(), line.begin(), line.begin() + 64);
  expect_all(golden("digits")["fits"], {std::ssize(lines), 64, pixels});
}

}  // namespace
}  // namespace whiteline::test
