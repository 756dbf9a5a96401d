#include <gtest/gtest.h>
#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/folders.hpp"

namespace whiteline {
namespace {

TEST(StratifiedFolds, AreThoseOfScikitLearn) {
  std::ifstream file(test::source_folder() / "tests/golden/folds.json");
  const auto golden = nlohmann::json::parse(file);
  ASSERT_GE(golden["cases"].size(), 6u);
  for (const auto& one : golden["cases"])
    EXPECT_EQ(stratified_folds(one["labels"].get<std::vector<std::int32_t>>(),
                               {.folds = one["folds"].get<int>()}),
              one["fold"].get<std::vector<std::int32_t>>());
}

TEST(StratifiedFolds, ShuffledFoldsHaveTheSameSharesAndDependOnTheSeed) {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 103; ++i) labels.push_back(i % 3 == 0 ? 4 : i % 7);
  const auto shares = [&](const std::vector<std::int32_t>& fold) {
    std::map<std::pair<std::int32_t, std::int32_t>, int> count;
    for (std::size_t i = 0; i < fold.size(); ++i) ++count[{labels[i], fold[i]}];
    return count;
  };
  const auto plain = stratified_folds(labels, {.folds = 4});
  const auto first = stratified_folds(labels, {.folds = 4, .shuffle = true, .seed = 1});
  EXPECT_EQ(shares(first), shares(plain));
  EXPECT_NE(first, plain);
  EXPECT_EQ(first, stratified_folds(labels, {.folds = 4, .shuffle = true, .seed = 1}));
  EXPECT_NE(first, stratified_folds(labels, {.folds = 4, .shuffle = true, .seed = 2}));
}

TEST(StratifiedFolds, NameTheClassThatIsTooSmall) {
  const std::vector<std::int32_t> labels = {1, 1, 1, 8, 8, 1};
  for (const int folds : {1, 0, -2, 3}) try {
      stratified_folds(labels, {.folds = folds});
      FAIL() << folds;
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("class 8 has 2 rows"), std::string::npos)
          << error.what();
    }
  EXPECT_THROW(stratified_folds({}, {}), InvalidArgument);
}

TEST(Grid, MultipliesOnlyWhatAKernelHas) {
  const auto points = grid({.kernels = {KernelType::rbf, KernelType::linear, KernelType::sigmoid,
                                        KernelType::polynomial, KernelType::cosine},
                            .C = {1.0, 10.0},
                            .gamma = {0.1, 0.2, 0.3},
                            .coef0 = {0.0, 1.0},
                            .degree = {2, 3},
                            .normalise = {Normalise::Kind::max, Normalise::Kind::l2}});
  const auto of = [&](KernelType type) {
    return std::count_if(points.begin(), points.end(),
                         [&](const SvmPoint& p) { return p.kernel.type == type; });
  };
  EXPECT_EQ(of(KernelType::rbf), 2 * 2 * 3);
  EXPECT_EQ(of(KernelType::linear), 2 * 2);
  EXPECT_EQ(of(KernelType::sigmoid), 2 * 2 * 3 * 2);
  EXPECT_EQ(of(KernelType::polynomial), 2 * 2 * 3 * 2 * 2);
  EXPECT_EQ(of(KernelType::cosine), 2 * 2);
  EXPECT_EQ(points[0], (SvmPoint{rbf(0.1), 1.0, Normalise::Kind::max}));
  EXPECT_EQ(points[1], (SvmPoint{rbf(0.1), 10.0, Normalise::Kind::max}));
  EXPECT_EQ(points[2].kernel, rbf(0.2));
}

TEST(Grid, WithoutGammasUsesTheRuleScale) {
  const auto points = grid({.kernels = {KernelType::sigmoid}, .coef0 = {0.5}});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].kernel.gamma_rule, GammaRule::scale);
  EXPECT_EQ(points[0].kernel.coef0, 0.5);
}

TEST(GeometricList, HitsPowersOfTen) {
  EXPECT_EQ(geometric(1e-3, 1e4, 8),
            (std::vector<double>{1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1e3, 1e4}));
  EXPECT_EQ(geometric(0.5, 0.5, 1), std::vector<double>{0.5});
  EXPECT_NEAR(geometric(1.0, 4.0, 3)[1], 2.0, 1e-15);
  for (const auto& [low, high, count] :
       std::vector<std::tuple<double, double, int>>{{0.0, 1.0, 3}, {2.0, 1.0, 3}, {1.0, 2.0, 0}})
    EXPECT_THROW(geometric(low, high, count), InvalidArgument);
}

TEST(SearchScore, NamesGoBothWays) {
  for (const SearchScore score :
       {SearchScore::accuracy, SearchScore::balanced_accuracy, SearchScore::macro_f1})
    EXPECT_EQ(search_score(name(score)), score);
  EXPECT_THROW(search_score("f2"), InvalidArgument);
}

}  // namespace
}  // namespace whiteline
