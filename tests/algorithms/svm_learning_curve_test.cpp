#include <whiteline/model_selection.hpp>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

TEST(LearningCurve, EndsAtTheScoresOfASearch) {
  const Context ctx("cpu", {.threads = 2});
  const Labelled set = peaks(150, 12, 3, 0.7, 40);
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  const SvmParams svm{.kernel = rbf(0.1), .C = 3.0, .class_weight = ClassWeight::balanced};
  const auto curve =
      svm_learning_curve(ctx, {.fractions = {0.1, 0.5, 1.0}, .folds = {.folds = 3}}, svm, data);
  const SvmSearch search = svm_search(
      ctx, {.points = {{rbf(0.1), 3.0}}, .folds = {.folds = 3}, .refit = false}, svm, data);
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve[2].scores, search.cells[0].scores);
  EXPECT_EQ(curve[2].mean, search.cells[0].mean);
  EXPECT_EQ(curve[2].training_rows, 100.0);
  EXPECT_NEAR(curve[0].training_rows, 10.0, 2.0);
  EXPECT_EQ(curve[0].status, SolveStatus::converged);
  EXPECT_GT(curve[2].mean, curve[0].mean);
  for (const LearningCurvePoint& point : curve) {
    EXPECT_EQ(point.training_scores.size(), 3u);
    EXPECT_GE(point.training_mean, point.mean - 0.05);
  }
}

TEST(LearningCurve, HasTheSameBitsForAnyNumberOfThreads) {
  const Labelled set = peaks(90, 8, 2, 0.7, 41);
  std::vector<std::vector<double>> scores;
  for (const int threads : {1, 2, 5}) {
    const Context ctx("cpu", {.threads = threads});
    const Matrix x = set.on(ctx);
    scores.emplace_back();
    for (const auto& point : svm_learning_curve(ctx, {}, {}, SvmData(ctx, x, set.labels)))
      scores.back().insert(scores.back().end(), point.scores.begin(), point.scores.end());
  }
  EXPECT_EQ(scores[0], scores[1]);
  EXPECT_EQ(scores[0], scores[2]);
}

TEST(LearningCurve, TrainsOnAtLeastOneRowOfAClass) {
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(30, 8, 3, 0.2, 42);
  const Matrix x = set.on(ctx);
  const auto curve =
      svm_learning_curve(ctx, {.fractions = {1e-9}}, {}, SvmData(ctx, x, set.labels));
  EXPECT_EQ(curve[0].training_rows, 3.0);
  EXPECT_EQ(curve[0].training_mean, 1.0);
}

TEST(LearningCurve, RefusesFractionsOutsideTheirRange) {
  const Context ctx("cpu", {.threads = 1});
  const Labelled set = peaks(30, 8, 3, 0.2, 43);
  const Matrix x = set.on(ctx);
  const SvmData data(ctx, x, set.labels);
  for (const auto& fractions : {std::vector<double>{}, {0.0}, {1.1}, {std::nan("")}, {0.5, -1.0}})
    EXPECT_THROW(svm_learning_curve(ctx, {.fractions = fractions}, {}, data), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
