// Fits of a few rows against every set of free and bounded rows solved exactly.
#include <whiteline/svm.hpp>

#include <algorithm>
#include <numeric>

#include "algorithms/svm_data.hpp"
#include "reference/smo.hpp"
#include "reference/svm_predict.hpp"
#include "support/tolerance.hpp"

namespace whiteline {
namespace {

using test::Labelled;
using test::reference::Dual;
using test::reference::Function;

struct Problem {
  Labelled set;
  std::vector<double> weight;
  double C = 1.0, gamma = 1.0;
  bool linear = false;

  double k(const float* a, const float* b) const {
    return test::reference::kernel(linear ? Function::linear : Function::rbf, gamma, 0, 1, a, b,
                                   std::size_t(set.channels));
  }
  const float* row(std::size_t r) const { return &set.x[r * std::size_t(set.channels)]; }
};

// 2 to 8 rows of both classes; some equal, some with the other label, some of weight 0.
Problem random_problem(std::mt19937& random, int number) {
  const auto uniform = [&] { return double(random()) / 4294967296.0; };
  Problem p;
  p.set.rows = std::int64_t(2 + random() % (number % 20 == 0 ? 7 : 5));
  p.set.channels = std::int64_t(1 + random() % 5);
  p.linear = random() % 2 == 0;
  p.C = std::pow(10.0, 1.5 * uniform() - 1.0);
  p.gamma = 0.2 + uniform();
  for (std::int64_t r = 0; r < p.set.rows; ++r) {
    const bool twin = r > 0 && random() % 5 == 0;
    for (std::int64_t c = 0; c < p.set.channels; ++c)
      p.set.x.push_back(twin ? p.set.x[std::size_t(c)] : float(2.0 * uniform() - 1.0));
    p.set.labels.push_back(r < 2 ? std::int32_t(r) : std::int32_t(random() % 2));
    p.weight.push_back(r >= 2 && random() % 6 == 0 ? 0.0 : 0.25 + uniform());
  }
  return p;
}

Dual dual_of(const Problem& p) {
  Dual dual;
  for (std::size_t i = 0; i < p.weight.size(); ++i) {
    for (std::size_t j = 0; j < p.weight.size(); ++j)
      dual.kernel.push_back(p.k(p.row(i), p.row(j)));
    dual.y.push_back(p.set.labels[i] == 0 ? 1.0 : -1.0);
    dual.upper.push_back(p.C * p.weight[i]);
  }
  return dual;
}

// What the model's decision function costs: 1/2 |w|^2 + sum C_i max(0, 1 - y_i f(x_i)). No function
// costs less than minus the dual's optimum, and only the best, with a valid rho, as little.
double primal(const Problem& p, const Dual& dual, const SvmModel& model) {
  const auto support = std::size_t(model.support_vector_count());
  const auto decide = [&](const float* x) {
    double f = 0.0;
    for (std::size_t s = 0; s < support; ++s)
      f += model.coefficients[s] * p.k(&model.support_vectors[s * std::size_t(model.channels)], x);
    return f;
  };
  double cost = 0.0;
  for (std::size_t s = 0; s < support; ++s)
    cost += 0.5 * model.coefficients[s] *
            decide(&model.support_vectors[s * std::size_t(model.channels)]);
  for (std::size_t i = 0; i < dual.size(); ++i)
    cost += dual.upper[i] * std::max(0.0, 1.0 - dual.y[i] * (decide(p.row(i)) - model.rho[0]));
  return cost;
}

TEST(SvmBruteForceTest, FitsOfAFewRowsAreTheBestThereAre) {
  const Context ctx("cpu", {.threads = 1});
  std::mt19937 random(31);
  for (int number = 0; number < 1000; ++number) {
    const Problem p = random_problem(random, number);
    const SvmFit fit =
        svm_train(ctx, {.kernel = p.linear ? linear() : rbf(p.gamma), .C = p.C, .tolerance = 1e-6},
                  p.set.on(ctx), p.set.labels, p.weight);
    const Dual dual = dual_of(p);
    const double best = test::reference::brute_force_objective(dual);
    ASSERT_TRUE(fit.report.converged) << "problem " << number;
    // Kernel values are float32: their rounding counts with the square of the coefficients.
    double size = 0.0, boxes = 0.0;
    for (const double c : fit.model.coefficients) size += std::abs(c);
    for (const double upper : dual.upper) boxes += upper;
    const double rounding = test::tolerance(p.set.channels, size * size);
    EXPECT_NEAR(test::total_objective(fit.report), best, 1e-6 * std::abs(best) + rounding)
        << "problem " << number;
    EXPECT_NEAR(primal(p, dual, fit.model), -best, 1e-6 * boxes + rounding) << "problem " << number;
    EXPECT_LE(std::abs(std::accumulate(fit.model.coefficients.begin(), fit.model.coefficients.end(),
                                       0.0)),
              1e-12 * size);
  }
}

}  // namespace
}  // namespace whiteline
