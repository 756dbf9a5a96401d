#include "cli/mixtures.hpp"

#include <gtest/gtest.h>
#include <whiteline/spectra.hpp>

namespace whiteline::cli {
namespace {

// Three rows of each of these spectra of four channels, and their clusters.
struct Rows {
  std::vector<float> spectra;
  std::vector<std::int32_t> labels;

  explicit Rows(const std::vector<std::vector<float>>& means) {
    for (std::size_t cluster = 0; cluster < means.size(); ++cluster)
      for (const float factor : {0.5f, 1.0f, 1.5f}) {
        for (const float value : means[cluster]) spectra.push_back(factor * value);
        labels.push_back(std::int32_t(cluster));
      }
  }
  std::vector<ClusterMixture> mixtures(std::int32_t clusters) const {
    return mixtures_among(spectra, labels, clusters);
  }
};

TEST(Mixtures, AClusterBetweenTwoOthersIsOne) {
  const Rows rows({{4, 0, 0, 3}, {1, 1, 0, 1.5}, {0, 4, 0, 3}});
  const auto found = rows.mixtures(3);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].cluster, 1);
  EXPECT_EQ(found[0].first, 0);
  EXPECT_EQ(found[0].second, 2);
  EXPECT_NEAR(found[0].share, 0.5, 1e-6);
  EXPECT_NEAR(found[0].misfit, 0.0, 1e-6);
  EXPECT_EQ(text_of(found[0]), "cluster 1 looks like a mixture of clusters 0 (50 %) and 2");
}

TEST(Mixtures, SharesAreOfSpectraOfOneLength) {
  const Rows rows({{12, 4, 0, 12}, {40, 0, 0, 30}, {0, 4, 0, 3}});  // 3 to 1, of unit lengths
  const auto found = rows.mixtures(3);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].cluster, 0);
  EXPECT_NEAR(found[0].share, 0.75, 1e-6);
  EXPECT_NEAR(found[0].misfit, 0.0, 1e-6);
}

TEST(Mixtures, APhaseWithAPeakOfItsOwnIsNone) {
  EXPECT_TRUE(Rows({{4, 0, 0, 3}, {1, 1, 2, 1.5}, {0, 4, 0, 3}}).mixtures(3).empty());
}

TEST(Mixtures, LittleOfTheOtherIsAPhaseThatVaries) {
  EXPECT_TRUE(Rows({{4, 0, 0, 3}, {3.6, 0.4, 0, 3}, {0, 4, 0, 3}}).mixtures(3).empty());
}

TEST(Mixtures, TwoClustersAlwaysRemain) {
  const Rows rows({{4, 0, 0, 3}, {3, 1, 0, 3}, {2, 2, 0, 3}, {1, 3, 0, 3}, {0, 4, 0, 3}});
  const auto found = rows.mixtures(5);
  ASSERT_EQ(found.size(), 3u);
  for (const ClusterMixture& mixture : found) {
    EXPECT_NE(mixture.cluster, 0);
    EXPECT_NE(mixture.cluster, 4);
  }
  EXPECT_TRUE(Rows({{1, 0}, {0, 1}}).mixtures(2).empty());
  EXPECT_TRUE(Rows({}).mixtures(0).empty());
}

TEST(Mixtures, NoiseIsOfNoCluster) {
  Rows rows({{4, 0, 0, 3}, {1, 1, 0, 1.5}, {0, 4, 0, 3}});
  rows.spectra.insert(rows.spectra.end(), {0, 0, 1e6f, 0});
  rows.labels.push_back(no_label);
  EXPECT_EQ(rows.mixtures(3).size(), 1u);
}

TEST(Mixtures, TakenOutTheyAreNoiseAndTheOthersKeepTheirOrder) {
  HdbscanResult result;
  result.clusters = 4;
  result.labels = {0, 1, 2, 3, no_label, 1};
  result.probabilities = {1.0f, 0.9f, 0.8f, 0.7f, 0.0f, 0.6f};
  result.selected = {2, 4, 5, 7};
  take_out({{1, 0, 2, 0.5, 0.1}}, result);
  EXPECT_EQ(result.clusters, 3);
  EXPECT_EQ(result.labels, (std::vector<std::int32_t>{0, no_label, 1, 2, no_label, no_label}));
  EXPECT_EQ(result.probabilities, (std::vector<float>{1.0f, 0.0f, 0.8f, 0.7f, 0.0f, 0.0f}));
  EXPECT_EQ(result.selected, (std::vector<std::int32_t>{2, 5, 7}));
}

}  // namespace
}  // namespace whiteline::cli
