// Scores that scikit-learn gave (tests/golden/make_metrics.py).
#include <gtest/gtest.h>
#include <whiteline/metrics.hpp>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/folders.hpp"

namespace whiteline {
namespace {

using Json = nlohmann::json;

class MetricsGoldenTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::ifstream(test::source_folder() / "tests/golden/metrics" /
                  (GetParam() + std::string(".json"))) >>
        golden;
    classes = golden["classes"];
    truth = golden["truth"].get<std::vector<std::int32_t>>();
    predicted = golden["predicted"].get<std::vector<std::int32_t>>();
    for (const double p : golden["probabilities"]) probabilities.push_back(float(p));
  }

  void expect_curve(const ReliabilityCurve& curve, const Json& wanted) const {
    ASSERT_EQ(curve.bins.size(), wanted["observed"].size());
    for (std::size_t i = 0; i < curve.bins.size(); ++i) {
      EXPECT_NEAR(curve.bins[i].observed, wanted["observed"][i], 1e-12);
      EXPECT_NEAR(curve.bins[i].probability, wanted["probability"][i], 1e-12);
    }
  }

  Json golden;
  std::int32_t classes = 0;
  std::vector<std::int32_t> truth, predicted;
  std::vector<float> probabilities;
};

TEST_P(MetricsGoldenTest, LabelScoresAreThoseOfScikitLearn) {
  const auto counts = confusion_matrix(truth, predicted, classes);
  EXPECT_EQ(counts, golden["confusion"].get<std::vector<std::int64_t>>());
  const LabelScores scores = label_scores(counts);
  EXPECT_NEAR(scores.accuracy, golden["accuracy"], 1e-12);
  EXPECT_NEAR(scores.balanced_accuracy, golden["balanced_accuracy"], 1e-12);
  EXPECT_NEAR(scores.matthews, golden["matthews"], 1e-12);
  for (const std::size_t c : golden["present"]) {
    EXPECT_NEAR(scores.classes[c].precision, golden["precision"][c], 1e-12);
    EXPECT_NEAR(scores.classes[c].recall, golden["recall"][c], 1e-12);
    EXPECT_NEAR(scores.classes[c].f1, golden["f1"][c], 1e-12);
    EXPECT_EQ(scores.classes[c].support, golden["support"][c]);
  }
  for (const auto& [mean, name] :
       {std::pair{scores.macro, "macro"}, std::pair{scores.weighted, "weighted"}}) {
    EXPECT_NEAR(mean.precision, golden[name][0], 1e-12) << name;
    EXPECT_NEAR(mean.recall, golden[name][1], 1e-12) << name;
    EXPECT_NEAR(mean.f1, golden[name][2], 1e-12) << name;
  }
}

TEST_P(MetricsGoldenTest, ProbabilityScoresAreThoseOfScikitLearn) {
  EXPECT_NEAR(log_loss(truth, probabilities, classes), golden["log_loss"], 2e-7);
  EXPECT_NEAR(brier_score(truth, probabilities, classes), golden["brier"], 1e-12);
}

TEST_P(MetricsGoldenTest, ReliabilityCurvesAreThoseOfScikitLearn) {
  for (std::size_t i = 0; i < 2; ++i) {
    ReliabilityParams params;
    params.bins = golden["top"][i]["bins"];
    params.binning = i == 0 ? Binning::equal_width : Binning::equal_count;
    expect_curve(reliability_curve(truth, probabilities, classes, params), golden["top"][i]);
    for (std::int32_t c = 0; c < classes; ++c) {
      params.of_class = c;
      expect_curve(reliability_curve(truth, probabilities, classes, params),
                   golden["of_class"][i][std::size_t(c)]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, MetricsGoldenTest,
                         ::testing::Values("four_classes", "two_classes", "never_labelled",
                                           "no_such_rows", "left_out", "sure"),
                         [](const auto& file) { return std::string(file.param); });

}  // namespace
}  // namespace whiteline
