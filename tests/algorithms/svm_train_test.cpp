// What a fit must be, and how fits of related data must relate.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <utility>

#include "algorithms/svm_data.hpp"
#include "reference/smo.hpp"
#include "reference/svm_predict.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::largest_difference;
using test::peaks;
using test::total_objective;

class SvmTrainTest : public test::SvmTest {};
INSTANTIATE_TEST_SUITE_P(Backends, SvmTrainTest, test::all_backends(), test::backend_name);

TEST_P(SvmTrainTest, TheObjectiveIsTheOptimumOfTheDualInDouble) {
  const Labelled set = peaks(size(), 24, 2, 0.6, 1);
  const SvmFit fit = train({.kernel = rbf(0.5), .C = 2, .tolerance = 1e-6}, set);
  ASSERT_TRUE(fit.report.converged);
  test::reference::Dual dual;
  for (std::int64_t i = 0; i < set.rows; ++i) {
    for (std::int64_t j = 0; j < set.rows; ++j)
      dual.kernel.push_back(test::reference::kernel(
          test::reference::Function::rbf, 0.5, 0, 1, &set.x[std::size_t(i * set.channels)],
          &set.x[std::size_t(j * set.channels)], std::size_t(set.channels)));
    dual.y.push_back(set.labels[std::size_t(i)] == 3 ? 1.0 : -1.0);
    dual.upper.push_back(2.0);
  }
  const double best = objective(dual, test::reference::solve_plainly(dual, 1e-9));
  EXPECT_NEAR(total_objective(fit.report), best, 1e-6 * std::abs(best));
  EXPECT_LT(fit.report.problems[0].gap, 1e-6);
  EXPECT_EQ(
      fit.report.problems[0].free_support_vectors + fit.report.problems[0].bounded_support_vectors,
      fit.model.support_vector_count());
}

TEST_P(SvmTrainTest, ModelsAreTextbookDecisionFunctionsOfSpectraAsGiven) {
  using test::reference::Function;
  const Labelled set = peaks(size(), 24, 3, 0.5, 2);
  const Labelled probes = peaks(20, 24, 3, 0.5, 3);
  const std::tuple<Kernel, Function> kernels[] = {{linear(), Function::linear},
                                                  {polynomial(2, 0.1, 1.0), Function::polynomial},
                                                  {rbf(0.3), Function::rbf},
                                                  {sigmoid(0.02, -0.1), Function::sigmoid},
                                                  {cosine(), Function::linear}};
  for (const auto& [kernel, function] : kernels) {
    const SvmFit fit = train({.kernel = kernel, .C = 3}, set);
    const SvmModel& m = fit.model;
    const std::vector<float> found = decide(fit, probes);
    const bool normalise = kernel.type == KernelType::cosine;
    const auto row_of = [&](const std::vector<float>& all, std::int64_t row) {
      std::vector<float> x(all.begin() + row * 24, all.begin() + (row + 1) * 24);
      double norm = 0.0;
      for (float v : x) norm += double(v) * double(v);
      if (normalise)
        for (float& v : x) v = float(double(v) / std::sqrt(norm));
      return x;
    };
    const std::int64_t n = m.support_vector_count();
    for (std::int64_t i = 0; i < probes.rows; ++i)
      for (std::int64_t p = 0; p < 3; ++p) {
        double f = -m.rho[std::size_t(p)], magnitude = std::abs(f);
        for (std::int64_t j = 0; j < n; ++j) {
          const double k = test::reference::kernel(
              function, kernel.gamma, kernel.coef0, kernel.degree,
              row_of(m.support_vectors, j).data(), row_of(probes.x, i).data(), 24);
          const double term = m.coefficients[std::size_t(p * n + j)] * k;
          f += term;
          magnitude += std::abs(term);
        }
        EXPECT_NEAR(found[std::size_t(i * 3 + p)], f, 2e-6 * magnitude)
            << name(kernel.type) << " row " << i;
      }
  }
}

TEST_P(SvmTrainTest, BalancedWeightsAreRowsOverClassesTimesClassRows) {
  Labelled set = peaks(size(), 24, 4, 0.6, 12);
  for (std::int32_t& label : set.labels) label = std::max(label, 5);  // two shares of 5, one of 6
  const double n = double(set.rows);
  std::map<std::int32_t, double> weights;
  for (std::int32_t label : {5, 6})
    weights[label] = n / (2.0 * double(std::count(set.labels.begin(), set.labels.end(), label)));
  const SvmFit a = train({.C = 2, .class_weight = ClassWeight::balanced}, set);
  const SvmFit b = train({.C = 2, .class_weights = weights}, set);
  EXPECT_EQ(a.model.coefficients, b.model.coefficients);
  const SvmFit c = train({.C = 2}, set);
  EXPECT_NE(a.model.coefficients, c.model.coefficients);
}

TEST_P(SvmTrainTest, DegenerateSetsEndWithAModel) {
  Labelled constant{40, 8, std::vector<float>(320, 2.5f), {}};
  for (int r = 0; r < 40; ++r) constant.labels.push_back(r % 2);
  for (const Kernel& kernel : {rbf(), linear(), cosine(), polynomial(3, 1.0)}) {
    const SvmFit fit = train({.kernel = kernel, .C = 1, .max_iterations = 100000}, constant);
    EXPECT_TRUE(std::isfinite(fit.model.rho[0])) << name(kernel.type);
    if (kernel.type == KernelType::rbf) {
      EXPECT_EQ(fit.model.kernel.gamma, 1.0);
    }
  }
  const Labelled pair{2, 1, {1.0f, 2.0f}, {-1, 1}};  // one row a class, one channel
  const SvmFit fit = train({.kernel = linear(), .C = 100}, pair);
  EXPECT_LT(largest_difference(decide(fit, pair), {1.0f, -1.0f}), 1e-3);
  Labelled zeros = peaks(20, 8, 2, 0.1, 13);
  std::fill_n(zeros.x.begin(), 3 * 8, 0.0f);
  EXPECT_EQ(train({.kernel = cosine()}, zeros).report.zero_norm_rows, 3);
}

TEST_P(SvmTrainTest, ContradictoryLabelsWithAHugePenaltyEndWithAStatus) {
  Labelled set = peaks(40, 8, 2, 0.5, 14);
  for (std::int64_t r = 0; r < 20; ++r)  // the same spectra under the other label
    std::copy_n(set.x.begin() + r * 8, 8, set.x.begin() + (r + 20 + (r % 2 ? -1 : 1)) * 8);
  const SvmFit fit = train({.kernel = linear(), .C = 1e10, .max_iterations = 2000}, set);
  EXPECT_FALSE(fit.report.converged);
  EXPECT_EQ(fit.report.problems[0].status, SolveStatus::iteration_limit);
  EXPECT_GE(fit.report.problems[0].iterations, 1);
}

TEST_P(SvmTrainTest, TheCallbackSeesTheStagesAndStopsTheFit) {
  const Labelled set = peaks(size(), 24, 3, 0.5, 15);
  std::vector<std::string> stages;
  SvmParams params{.progress = [&](const ProgressEvent& event) {
    if (stages.empty() || stages.back() != event.stage) stages.emplace_back(event.stage);
    return true;
  }};
  train(params, set);
  EXPECT_EQ(stages, (std::vector<std::string>{"prepare", "kernel matrix", "train"}));
  params.progress = [](const ProgressEvent& event) { return event.stage != "train"; };
  EXPECT_THROW(train(params, set), Cancelled);
}

}  // namespace
}  // namespace whiteline
