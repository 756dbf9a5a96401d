// Calibration: folds, sigmoids, isotonic curves, probabilities.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "algorithms/svm/folds.hpp"
#include "algorithms/svm/isotonic.hpp"
#include "algorithms/svm/platt.hpp"
#include "algorithms/svm_data.hpp"
#include "formulas/calibration.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

svm::SortedRows sorted(const std::vector<int>& class_sizes) {
  svm::SortedRows rows;
  std::int32_t next = 0;
  for (int size : class_sizes) {
    const std::int64_t padded = (size + 15) / 16 * 16;
    rows.classes.push_back({std::int32_t(rows.classes.size()), rows.kernel_rows(), size, padded});
    for (std::int64_t i = 0; i < padded; ++i) {
      rows.order.push_back(i < size ? next++ : -1);
      rows.weight.push_back(i < size ? 1.0 : 0.0);
    }
  }
  return rows;
}

TEST(FoldsTest, EachClassIsSpreadEvenlyOverTheFolds) {
  const svm::SortedRows rows = sorted({5, 17, 33, 100});
  const auto folds = svm::calibration_folds(rows, 5, 7);
  for (const svm::ClassRows& c : rows.classes) {
    std::map<std::int32_t, std::int64_t> count;
    for (std::int64_t r = 0; r < c.padded_rows; ++r) {
      const std::int32_t fold = folds[std::size_t(c.begin + r)];
      if (r < c.rows) ++count[fold];
      EXPECT_EQ(fold == -1, r >= c.rows);
    }
    ASSERT_EQ(count.size(), 5u);
    for (const auto& [fold, rows_in_it] : count) {
      EXPECT_TRUE(fold >= 0 && fold < 5);
      EXPECT_TRUE(rows_in_it == c.rows / 5 || rows_in_it == (c.rows + 4) / 5);
    }
  }
}

TEST(FoldsTest, TheSeedAndTheRowNumberDecideNothingElse) {
  const svm::SortedRows rows = sorted({40, 40});
  EXPECT_EQ(svm::calibration_folds(rows, 4, 1), svm::calibration_folds(rows, 4, 1));
  EXPECT_NE(svm::calibration_folds(rows, 4, 1), svm::calibration_folds(rows, 4, 2));
}

TEST(FoldsTest, MoreFoldsThanTheSmallestClassHasRowsAreRefusedByName) {
  const svm::SortedRows rows = sorted({40, 3, 9});
  for (int folds : {-1, 0, 1, 4}) {
    try {
      svm::calibration_folds(rows, folds, 1);
      ADD_FAILURE() << folds << " folds were accepted";
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("class 1 has 3 rows"), std::string::npos);
    }
  }
}

double platt_loss(const std::vector<svm::CalibrationRow>& rows, double A, double B) {
  double first = 0.0, second = 0.0, loss = 0.0;
  for (const auto& row : rows) (row.first ? first : second) += row.weight;
  for (const auto& row : rows) {
    const double t = row.first ? (first + 1) / (first + 2) : 1 / (second + 2);
    const double p = 1.0 / (1.0 + std::exp(A * row.decision + B));
    loss -= row.weight * (t * std::log(p) + (1 - t) * std::log(1 - p));
  }
  return loss;
}

TEST(PlattTest, TheSigmoidMinimisesTheWeightedLogLoss) {
  std::mt19937 random(3);
  std::vector<svm::CalibrationRow> rows;
  for (int i = 0; i < 200; ++i) {
    const bool first = random() % 3 == 0;
    rows.push_back({(first ? 0.7 : -0.6) + double(random() % 2000) / 1000.0 - 1.0,
                    0.5 + double(random() % 4), first});
  }
  const PlattSigmoid s = svm::fit_platt(rows);
  EXPECT_LT(s.A, 0.0);
  const double best = platt_loss(rows, s.A, s.B);
  for (double step : {1e-3, -1e-3}) {
    EXPECT_GT(platt_loss(rows, s.A + step, s.B), best);
    EXPECT_GT(platt_loss(rows, s.A, s.B + step), best);
    EXPECT_GT(platt_loss(rows, s.A + step, s.B - step), best);
  }
  constexpr double h = 1e-5;  // the gradient there, by central differences
  EXPECT_NEAR(platt_loss(rows, s.A + h, s.B), platt_loss(rows, s.A - h, s.B), 2 * h * 1e-4);
  EXPECT_NEAR(platt_loss(rows, s.A, s.B + h), platt_loss(rows, s.A, s.B - h), 2 * h * 1e-4);
}

TEST(PlattTest, WeightTwoIsTheSameAsTwice) {
  const std::vector<svm::CalibrationRow> weighted = {
      {1.0, 2.0, true}, {-0.5, 1.0, true}, {-1.0, 2.0, false}, {0.5, 1.0, false}};
  const std::vector<svm::CalibrationRow> twice = {{1.0, 1.0, true},   {1.0, 1.0, true},
                                                  {-0.5, 1.0, true},  {-1.0, 1.0, false},
                                                  {-1.0, 1.0, false}, {0.5, 1.0, false}};
  EXPECT_NEAR(svm::fit_platt(weighted).A, svm::fit_platt(twice).A, 1e-9);
  EXPECT_NEAR(svm::fit_platt(weighted).B, svm::fit_platt(twice).B, 1e-9);
}

TEST(PlattTest, HugeAndEqualDecisionsStayFinite) {
  for (double size : {0.0, 1e-8, 1e6}) {
    const PlattSigmoid s = svm::fit_platt(
        {{size, 1.0, true}, {size, 1.0, true}, {-size, 1.0, false}, {-size, 1.0, false}});
    EXPECT_TRUE(std::isfinite(s.A) && std::isfinite(s.B)) << size;
    EXPECT_LE(s.A * size, 1e-9);
  }
}

// By definition: the value at a row is the largest, over first rows, of the smallest, over last
// rows, weighted mean of the outcomes from the first to the last.
std::vector<double> isotonic_by_definition(const std::vector<svm::CalibrationRow>& sorted) {
  std::vector<double> values;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    double highest = 0.0;
    for (std::size_t first = 0; first <= i; ++first) {
      double lowest = 1.0, weight = 0.0, hits = 0.0;
      for (std::size_t last = first; last < sorted.size(); ++last) {
        weight += sorted[last].weight;
        hits += sorted[last].first ? sorted[last].weight : 0.0;
        if (last >= i) lowest = std::min(lowest, hits / weight);
      }
      highest = std::max(highest, lowest);
    }
    values.push_back(highest);
  }
  return values;
}

TEST(IsotonicTest, CurvesAreTheNearestRisingFunctions) {
  std::mt19937 random(9);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<svm::CalibrationRow> rows;
    for (int i = 0; i <= trial; ++i)
      rows.push_back({double(i), 0.5 + double(random() % 4), random() % 50 < unsigned(10 + i)});
    const std::vector<double> wanted = isotonic_by_definition(rows);
    std::vector<svm::CalibrationRow> shuffled = rows;
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    const IsotonicCurve curve = svm::fit_isotonic(shuffled);
    ASSERT_TRUE(curve.valid());
    std::vector<double> knots;
    for (const auto& [decision, probability] : curve.knots)
      knots.insert(knots.end(), {decision, probability});
    for (std::size_t i = 0; i < rows.size(); ++i)
      EXPECT_NEAR(
          formulas::isotonic_probability(double(i), knots.data(), std::int64_t(curve.knots.size())),
          wanted[i], 1e-12);
  }
}

TEST(IsotonicTest, EqualDecisionsArePooledAndWeightsCount) {
  const IsotonicCurve curve = svm::fit_isotonic(
      {{1.0, 3.0, true}, {1.0, 1.0, false}, {-1.0, 2.0, false}, {0.0, 0.0, true}});
  ASSERT_EQ(curve.knots.size(), 2u) << "a weight of 0 is no row";
  EXPECT_EQ(curve.knots[0].decision, -1.0);
  EXPECT_EQ(curve.knots[0].probability, 0.0);
  EXPECT_EQ(curve.knots[1].probability, 0.75);
  const IsotonicCurve falling = svm::fit_isotonic({{1.0, 1.0, false}, {-1.0, 1.0, true}});
  ASSERT_EQ(falling.knots.size(), 2u) << "one pool from -1 to 1";
  EXPECT_EQ(falling.knots[0].probability, 0.5);
  EXPECT_EQ(falling.knots[1].probability, 0.5);
}

class SvmCalibrateTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmCalibrateTest, test::all_backends(), test::backend_name);

TEST_P(SvmCalibrateTest, DecisionsAndVotesStayAsTheyWere) {
  const Labelled set = peaks(size(), 24, 3, 0.6, 30);
  const Matrix x = set.on(ctx());
  const SvmParams params{.kernel = rbf(0.5), .C = 2};
  const SvmModel before = svm_train(ctx(), params, x, set.labels).model;
  EXPECT_FALSE(before.calibrated());
  const SvmPrediction a = svm_predict(ctx(), before, x, {.decision = true});
  for (const auto method : {CalibrationMethod::platt, CalibrationMethod::isotonic}) {
    const SvmModel after = svm_calibrate(ctx(), before, params, {.method = method}, x, set.labels);
    EXPECT_TRUE(after.calibrated());
    EXPECT_EQ(after.isotonic.empty(), method == CalibrationMethod::platt);
    EXPECT_NE(after.isotonic.empty(), after.platt.empty());
    const SvmPrediction b = svm_predict(ctx(), after, x, {.probability = true, .decision = true});
    EXPECT_EQ(a.decision, b.decision);
    EXPECT_EQ(a.labels, b.labels);
    std::int64_t other = 0;
    for (std::int64_t r = 0; r < set.rows; ++r) {
      const auto p = b.probability.begin() + r * 3;
      EXPECT_NEAR(double(p[0]) + double(p[1]) + double(p[2]), 1.0, 1e-6);
      other += 3 + (std::max_element(p, p + 3) - p) != b.labels[std::size_t(r)];
    }
    EXPECT_EQ(b.disagreements, other);
    if (emulated()) continue;  // A second calibration replaces the first:
    const SvmModel again = svm_calibrate(ctx(), after, params, {}, x, set.labels);
    EXPECT_TRUE(again.isotonic.empty());
    EXPECT_EQ(again.platt.size(), 3u);
  }
}

TEST_P(SvmCalibrateTest, SigmoidsComeFromFitsThatDidNotSeeTheRow) {
  const Labelled set = peaks(size(), 24, 2, 0.8, 31);
  const Matrix x = set.on(ctx());
  const SvmParams params{.kernel = rbf(0.5), .C = 2, .tolerance = 1e-5};
  const SvmModel model = svm_train(ctx(), params, x, set.labels).model;
  const SvmModel found =
      svm_calibrate(ctx(), model, params, {.folds = 3, .seed = 5}, x, set.labels);
  // The same by hand: three fits of two thirds each.
  std::vector<double> ones(std::size_t(set.rows), 1.0);
  const svm::SortedRows rows = svm::sort_rows(set.rows, set.labels, ones);
  const auto folds = svm::calibration_folds(rows, 3, 5);
  std::vector<svm::CalibrationRow> unseen;
  for (std::int32_t fold = 0; fold < 3; ++fold) {
    std::vector<double> weight = ones;
    std::vector<std::size_t> held_out;
    for (std::size_t r = 0; r < folds.size(); ++r)
      if (folds[r] == fold) held_out.push_back(std::size_t(rows.order[r]));
    for (std::size_t row : held_out) weight[row] = 0.0;
    const SvmFit fit = train(params, set, weight);
    const std::vector<float> f = decide(fit, set.pick(held_out));
    for (std::size_t i = 0; i < f.size(); ++i)
      unseen.push_back({double(f[i]), 1.0, set.labels[held_out[i]] == 3});
  }
  const PlattSigmoid expected = svm::fit_platt(unseen);
  EXPECT_NEAR(found.platt[0].A, expected.A, 2e-3 * std::abs(expected.A));
  EXPECT_NEAR(found.platt[0].B, expected.B, 2e-3);
}

TEST_P(SvmCalibrateTest, RandomLabelsHaveProbabilitiesNearTheClassShares) {
  Labelled set = peaks(emulated() ? 90 : 300, 8, 1, 1.0, 32);
  std::mt19937 random(4);
  for (std::int32_t& label : set.labels) label = random() % 3 == 0 ? 1 : 0;
  const double share =
      double(std::count(set.labels.begin(), set.labels.end(), 1)) / double(set.rows);
  const Matrix x = set.on(ctx());
  const SvmParams params{.kernel = rbf(0.2), .C = 1};
  const SvmModel model = svm_calibrate(ctx(), svm_train(ctx(), params, x, set.labels).model, params,
                                       {}, x, set.labels);
  const Labelled probes = peaks(100, 8, 1, 1.0, 33);
  const SvmPrediction out = svm_predict(ctx(), model, probes.on(ctx()), {.probability = true});
  double mean = 0.0;
  for (std::size_t r = 0; r < 100; ++r) mean += double(out.probability[2 * r + 1]) / 100.0;
  EXPECT_NEAR(mean, share, emulated() ? 0.12 : 0.07);
}

TEST_P(SvmCalibrateTest, OtherDataThanTheModelsAreRefused) {
  const Labelled set = peaks(60, 24, 3, 0.6, 34);
  const Matrix x = set.on(ctx());
  const SvmParams params{.kernel = rbf(0.5)};
  const SvmModel model = svm_train(ctx(), params, x, set.labels).model;
  const auto refused = [&](const SvmParams& p, const CalibrationParams& how, const Matrix& data,
                           std::vector<std::int32_t> labels) {
    EXPECT_THROW(svm_calibrate(ctx(), model, p, how, data, labels), InvalidArgument);
  };
  std::vector<std::int32_t> other = set.labels;
  for (std::int32_t& label : other) label += 1;
  refused(params, {}, x, other);
  refused({.kernel = linear()}, {}, x, set.labels);
  refused(params, {.folds = 21}, x, set.labels);
  refused(params, {.folds = 1}, x, set.labels);
  refused(params, {}, Matrix(ctx(), 60, 23), set.labels);
}

}  // namespace
}  // namespace whiteline
