#include "cpu/smo_chain.hpp"

#include <algorithm>
#include <vector>

#include "cpu/vector_kernels.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

using formulas::BinaryProblem;

static_assert(formulas::smo_block == formulas::sum_lanes);

// alpha_j y_j, without the blocks of rows that support nothing: they would add zeros.
struct SupportBlocks {
  std::vector<std::int64_t> columns;  // of the kernel matrix, where a block begins
  std::vector<double> coefficients;

  SupportBlocks(const BinaryProblem& problem, const double* alpha) {
    constexpr std::int64_t block = formulas::smo_block;
    for (std::int64_t t = 0; t < problem.rows(); t += block) {
      double largest = 0.0;
      for (std::int64_t l = 0; l < block; ++l) largest = std::max(largest, alpha[t + l]);
      if (!(largest > 0.0)) continue;
      columns.push_back(problem.kernel_row(t));
      for (std::int64_t l = 0; l < block; ++l)
        coefficients.push_back(alpha[t + l] * problem.sign(t));
    }
  }
};

}  // namespace

void grow_problem(double growth, const BinaryProblem& problem, double* upper, double* alpha,
                  double* gradient) {
  upper += problem.offset;
  alpha += problem.offset;
  gradient += problem.offset;
  const std::int64_t rows = problem.rows();
  const double alpha_sum = formulas::lane_sum(rows, [&](std::int64_t t) { return alpha[t]; });
  const double quadratic_sum = formulas::lane_sum(
      rows, [&](std::int64_t t) { return alpha[t] * (problem.sign(t) * gradient[t] + 1.0); });
  const double scale = formulas::growth_scale(alpha_sum, quadratic_sum, growth);
  for (std::int64_t t = 0; t < rows; ++t) {
    alpha[t] = formulas::grown_alpha(alpha[t], upper[t], growth, scale);
    gradient[t] = formulas::grown_gradient(gradient[t], problem.sign(t), scale);
    upper[t] *= growth;
  }
}

core::BinarySummary summarize_problem(const BinaryProblem& problem, const double* upper,
                                      const double* alpha, const double* gradient) {
  upper += problem.offset;
  alpha += problem.offset;
  gradient += problem.offset;
  formulas::SummaryLane lanes[formulas::sum_lanes];
  for (std::int64_t t = 0; t < problem.rows(); ++t)
    lanes[t % formulas::sum_lanes].add(problem.sign(t), upper[t], alpha[t], gradient[t]);
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lanes[l].add(lanes[l + half]);
  return lanes[0].summary();
}

void decide_problem(const core::KernelRows& kernel, const BinaryProblem& problem,
                    const double* alpha, const double* gradient, const std::int32_t* rows,
                    const core::HeldOutRows& held, double* decisions) {
  std::vector<const float*> others;  // rows of other classes
  std::vector<std::int64_t> places;  // and where their decisions go
  for (std::int64_t i = held.begin; i < held.end; ++i) {
    const std::int64_t row = rows[i], place = held.out + (i - held.begin);
    const std::int64_t t = problem.row_of(row);
    if (t >= 0) {
      decisions[place] = gradient[problem.offset + t] + problem.sign(t);
    } else {
      others.push_back(kernel.rows.data[row]);
      places.push_back(place);
    }
  }
  const SupportBlocks support(problem, alpha + problem.offset);
  std::vector<double> sums(others.size());
  vector_kernels().block_sums(others.data(), std::int64_t(others.size()), support.columns.data(),
                              std::int64_t(support.columns.size()), support.coefficients.data(),
                              sums.data());
  for (std::size_t i = 0; i < sums.size(); ++i) decisions[places[i]] = sums[i];
}

}  // namespace whiteline::cpu
