// Data on which other solvers never end, or end without saying so: a fit finishes within bounded
// steps, and its report says how.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <cmath>

#include "algorithms/svm_data.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::peaks;

class SvmTrustTest : public ::testing::Test {
 protected:
  // A fit whose numbers are all finite and whose report agrees with them.
  SvmFit fit(const SvmParams& params, const Labelled& set) {
    const SvmFit out = svm_train(ctx_, params, set.on(ctx_), set.labels);
    for (double c : out.model.coefficients) EXPECT_TRUE(std::isfinite(c));
    for (double r : out.model.rho) EXPECT_TRUE(std::isfinite(r));
    for (const BinaryReport& b : out.report.problems) {
      EXPECT_TRUE(std::isfinite(b.objective));
      EXPECT_LE(b.objective, 0.0);
      EXPECT_TRUE(b.status != SolveStatus::converged || b.gap < params.tolerance);
      EXPECT_TRUE(params.max_iterations == 0 || b.iterations <= params.max_iterations);
    }
    return out;
  }
  std::vector<std::int32_t> labels(const SvmFit& fit, const Labelled& set) {
    return svm_predict(ctx_, fit.model, set.on(ctx_)).labels;
  }

  Context ctx_{"cpu", {.threads = 2}};
};

TEST_F(SvmTrustTest, UnscaledCountsWithALargeCEndWithAStatus) {
  Labelled counts = peaks(240, 24, 2, 1.0, 101);
  for (float& value : counts.x) value = std::round(value * 50000.0f);
  const SvmFit linear_fit = fit({.kernel = linear(), .C = 1e6, .max_iterations = 20000}, counts);
  EXPECT_GT(linear_fit.report.problems[0].iterations, 0);
  fit({.kernel = rbf(1e-9), .C = 1e6, .max_iterations = 20000}, counts);
}

TEST_F(SvmTrustTest, EqualSpectraWithOppositeLabelsAreBounded) {
  Labelled set = peaks(120, 16, 2, 0.2, 102);
  const Labelled twin = set;
  set.x.insert(set.x.end(), twin.x.begin(), twin.x.end());
  for (std::int32_t label : twin.labels) set.labels.push_back(label == 3 ? 4 : 3);
  set.rows *= 2;
  for (const double C : {1.0, 1e6, 1e10}) {
    const SvmFit out = fit({.kernel = rbf(0.5), .C = C, .max_iterations = 50000}, set);
    EXPECT_GT(out.report.problems[0].iterations, 0) << C;
  }
  // Each row has its contradiction: nothing can be told apart, and all rows are at their bound.
  const SvmFit out = fit({.kernel = rbf(0.5), .C = 1.0}, set);
  EXPECT_TRUE(out.report.converged);
  EXPECT_EQ(out.report.problems[0].bounded_support_vectors, 240);
  EXPECT_NEAR(out.report.problems[0].objective, -240.0, 1e-6 * 240.0);
}

TEST_F(SvmTrustTest, OneRowAgainstManyIsLearnt) {
  Labelled set = peaks(3000, 8, 1, 0.3, 103);
  set.labels[1717] = 9;
  for (std::int64_t c = 0; c < 8; ++c) set.x[std::size_t(1717 * 8 + c)] = -1.0f;
  const SvmFit out = fit({.kernel = rbf(0.5), .C = 10, .class_weight = ClassWeight::balanced}, set);
  EXPECT_TRUE(out.report.converged);
  EXPECT_EQ(labels(out, set), set.labels);
}

TEST_F(SvmTrustTest, WeightsAMillionToOneAreKept) {
  const Labelled set = peaks(200, 12, 2, 1.0, 104);
  SvmParams params{.kernel = rbf(0.5), .C = 1e-3};
  params.class_weights = {{3, 1e6}, {4, 1.0}};
  const SvmFit out = fit(params, set);
  EXPECT_TRUE(out.report.converged);
  const std::vector<std::int32_t> got = labels(out, set);
  for (std::size_t r = 0; r < got.size(); ++r)  // the heavy class is never missed
    EXPECT_TRUE(set.labels[r] != 3 || got[r] == 3) << r;
}

TEST_F(SvmTrustTest, IndefiniteSigmoidsEndWithAStatus) {
  const Labelled set = peaks(200, 16, 3, 0.8, 105);
  for (const double gamma : {0.01, 1.0, 100.0})
    for (const double coef0 : {-10.0, -1.0, 0.0, 3.0})
      fit({.kernel = sigmoid(gamma, coef0), .C = 1e6, .max_iterations = 20000}, set);
}

TEST_F(SvmTrustTest, ConstantSpectraOfTwoClassesHaveNoDirection) {
  Labelled set = peaks(60, 8, 2, 0.2, 106);
  std::fill(set.x.begin(), set.x.end(), 0.75f);
  for (const Kernel& kernel : {linear(), rbf(), rbf(0.5), cosine(), polynomial(3, 1.0, 1.0)}) {
    const SvmFit out = fit({.kernel = kernel, .C = 1}, set);
    EXPECT_TRUE(out.report.converged) << name(kernel.type);
    EXPECT_NEAR(out.report.problems[0].objective, -60.0, 1e-4) << name(kernel.type);
  }
}

TEST_F(SvmTrustTest, TwoRowsAreEnough) {
  const Labelled set{2, 2, {0.0f, 1.0f, 1.0f, 0.0f}, {1, 2}};
  const SvmFit out = fit({.kernel = linear(), .C = 100}, set);
  EXPECT_TRUE(out.report.converged);
  EXPECT_EQ(out.model.support_vector_count(), 2);
  EXPECT_EQ(labels(out, set), set.labels);
  // K_11 + K_22 - 2 K_12 = 2: alpha = 2 / 2 for both, objective = -1.
  EXPECT_NEAR(out.report.problems[0].objective, -1.0, 1e-9);
}

}  // namespace
}  // namespace whiteline
