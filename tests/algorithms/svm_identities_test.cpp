// How fits of related data relate to each other.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <numeric>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::largest_difference;
using test::peaks;
using test::total_objective;

class SvmIdentitiesTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmIdentitiesTest, test::all_backends(), test::backend_name);

TEST_P(SvmIdentitiesTest, TheOrderOfRowsChangesNothingBeyondTheTolerance) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 4);
  std::vector<std::size_t> order(std::size_t(set.rows));
  std::iota(order.begin(), order.end(), 0u);
  std::shuffle(order.begin(), order.end(), std::mt19937(5));
  const SvmParams params{.kernel = rbf(0.4), .C = 5, .tolerance = 1e-4};
  const SvmFit a = train(params, set), b = train(params, set.pick(order));
  EXPECT_NEAR(total_objective(a.report), total_objective(b.report),
              1e-6 * std::abs(total_objective(a.report)));
  EXPECT_LT(largest_difference(decide(a, set), decide(b, set)), 5e-4);
}

TEST_P(SvmIdentitiesTest, ARowTwiceIsARowOfWeightTwo) {
  const Labelled set = peaks(size(), 24, 2, 0.6, 6);
  std::vector<std::size_t> twice;
  std::vector<double> weight;
  for (std::size_t r = 0; r < std::size_t(set.rows); ++r) {
    weight.push_back(r % 3 == 0 ? 2.0 : 1.0);
    twice.insert(twice.end(), r % 3 == 0 ? 2 : 1, r);
  }
  const SvmParams params{.kernel = rbf(0.4), .C = 1, .tolerance = 1e-5};
  const double a = total_objective(train(params, set, weight).report);
  EXPECT_NEAR(total_objective(train(params, set.pick(twice)).report), a, 1e-6 * std::abs(a));
}

TEST_P(SvmIdentitiesTest, WeightZeroIsTheSameAsNoRow) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 7);
  std::vector<std::size_t> kept;
  std::vector<double> weight, kept_weight;
  for (std::size_t r = 0; r < std::size_t(set.rows); ++r) {
    weight.push_back(r % 5 == 1 ? 0.0 : 1.0 + 0.25 * double(r % 4));
    if (weight.back() > 0.0) kept.push_back(r), kept_weight.push_back(weight.back());
  }
  for (const Kernel& kernel : {rbf(), cosine()}) {
    const SvmParams params{.kernel = kernel, .C = 2, .class_weight = ClassWeight::balanced};
    const SvmFit a = train(params, set, weight);
    const SvmFit b = train(params, set.pick(kept), kept_weight);
    EXPECT_EQ(a.model.kernel.gamma, b.model.kernel.gamma);
    EXPECT_EQ(a.model.mean, b.model.mean);
    EXPECT_EQ(a.model.coefficients, b.model.coefficients);
    EXPECT_EQ(a.model.support_vectors, b.model.support_vectors);
    EXPECT_EQ(a.model.rho, b.model.rho);
  }
}

TEST_P(SvmIdentitiesTest, SwappedClassNamesTurnDecisionsRound) {
  Labelled set = peaks(size(), 24, 2, 0.5, 8);
  const SvmParams params{.kernel = linear(), .C = 1, .tolerance = 1e-5};
  const SvmFit a = train(params, set);
  for (std::int32_t& label : set.labels) label = 7 - label;
  const SvmFit b = train(params, set);
  std::vector<float> turned = decide(b, set);
  for (float& f : turned) f = -f;
  EXPECT_LT(largest_difference(decide(a, set), turned), 5e-5);
}

TEST_P(SvmIdentitiesTest, CosineIsLinearOnNormalisedRows) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 9);
  Labelled normalised = set;
  for (std::int64_t r = 0; r < set.rows; ++r) {
    double norm = 0.0;
    for (std::int64_t c = 0; c < 24; ++c)
      norm += std::pow(double(set.x[std::size_t(r * 24 + c)]), 2);
    for (std::int64_t c = 0; c < 24; ++c)
      normalised.x[std::size_t(r * 24 + c)] =
          float(double(set.x[std::size_t(r * 24 + c)]) / std::sqrt(norm));
  }
  const SvmFit a = train({.kernel = cosine(), .C = 10}, set);
  const SvmFit b = train({.kernel = linear(), .C = 10}, normalised);
  EXPECT_LT(largest_difference(decide(a, set), decide(b, normalised)), 5e-3);
  EXPECT_EQ(svm_predict(ctx(), a.model, set.on(ctx())).labels,
            svm_predict(ctx(), b.model, normalised.on(ctx())).labels);
}

TEST_P(SvmIdentitiesTest, UnitsOfTheSpectraDoNotMatter) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 10);
  Labelled scaled = set;
  for (float& v : scaled.x) v *= 16.0f;  // exact, so even the bits agree
  const SvmFit a = train({.kernel = rbf(0.5), .C = 2}, set);
  const SvmFit b = train({.kernel = rbf(0.5 / 256), .C = 2}, scaled);
  EXPECT_EQ(a.model.coefficients, b.model.coefficients);
  EXPECT_EQ(a.model.rho, b.model.rho);
  const SvmFit c = train({.kernel = linear(), .C = 2}, set);
  const SvmFit d = train({.kernel = linear(), .C = 2.0 / 256}, scaled);
  EXPECT_EQ(decide(c, set), decide(d, scaled));
}

TEST_P(SvmIdentitiesTest, AConstantAddedToAllSpectraChangesNothing) {
  const Labelled set = peaks(size(), 24, 2, 0.5, 11);
  Labelled shifted = set;
  for (float& v : shifted.x) v += 3.0f;
  for (const Kernel& kernel : {rbf(0.5), linear()}) {
    const SvmParams params{.kernel = kernel, .C = 2, .tolerance = 1e-4};
    EXPECT_LT(largest_difference(decide(train(params, set), set),
                                 decide(train(params, shifted), shifted)),
              5e-4);
  }
}

TEST_P(SvmIdentitiesTest, FitsOfAllBackendsHaveTheBitsOfTheCpu) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 16);
  const Context cpu("cpu", {.threads = 1});
  for (const Kernel& kernel : {rbf(), linear(), cosine(), sigmoid(0.02), polynomial(2, 0.1, 1)}) {
    const SvmParams params{.kernel = kernel, .C = 2};
    const SvmFit a = train(params, set);
    const SvmFit b = svm_train(cpu, params, set.on(cpu), set.labels);
    EXPECT_EQ(a.model.coefficients, b.model.coefficients) << name(kernel.type);
    EXPECT_EQ(a.model.rho, b.model.rho) << name(kernel.type);
    EXPECT_EQ(a.model.mean, b.model.mean) << name(kernel.type);
  }
}

TEST(SvmThreadsTest, TheNumberOfThreadsChangesNoBit) {
  const Labelled set = peaks(150, 40, 4, 0.5, 17);
  const SvmParams params{.kernel = rbf(0.5), .C = 4};
  std::vector<SvmModel> models;
  std::vector<SvmPrediction> predictions;
  for (int threads : {1, 2, 4}) {
    const Context ctx("cpu", {.threads = threads});
    const Matrix x = set.on(ctx);
    models.push_back(
        svm_calibrate(ctx, svm_train(ctx, params, x, set.labels).model, params, {}, x, set.labels));
    predictions.push_back(
        svm_predict(ctx, models.back(), x, {.probability = true, .decision = true}));
  }
  for (std::size_t i = 1; i < models.size(); ++i) {
    EXPECT_EQ(models[i].coefficients, models[0].coefficients);
    EXPECT_EQ(models[i].rho, models[0].rho);
    for (std::size_t p = 0; p < models[0].platt.size(); ++p) {
      EXPECT_EQ(models[i].platt[p].A, models[0].platt[p].A);
      EXPECT_EQ(models[i].platt[p].B, models[0].platt[p].B);
    }
    EXPECT_EQ(predictions[i].decision, predictions[0].decision);
    EXPECT_EQ(predictions[i].probability, predictions[0].probability);
  }
}

}  // namespace
}  // namespace whiteline
