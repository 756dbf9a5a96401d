#include "cpu/smo_chain.hpp"

#include <algorithm>
#include <vector>

#include "cpu/vector_kernels.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

using formulas::BinaryProblem;

// A block of rows lies in one class and meets every lane of a sum once.
constexpr int lanes = formulas::sum_lanes;
static_assert(formulas::smo_block == lanes);

// alpha_j y_j, without the blocks of rows that support nothing: they would add zeros.
struct SupportBlocks {
  std::vector<std::int64_t> columns;  // of the kernel matrix, where a block begins
  std::vector<double> coefficients;

  SupportBlocks(const BinaryProblem& problem, const double* alpha) {
    for (std::int64_t t = 0; t < problem.rows(); t += lanes) {
      const double* const block = alpha + t;
      if (!(*std::max_element(block, block + lanes) > 0.0)) continue;
      columns.push_back(problem.kernel_row(t));
      for (int l = 0; l < lanes; ++l) coefficients.push_back(block[l] * problem.sign(t));
    }
  }
};

}  // namespace

void grow_problem(double growth, const BinaryProblem& problem, double* upper, double* alpha,
                  double* gradient) {
  upper += problem.offset;
  alpha += problem.offset;
  gradient += problem.offset;
  double alpha_lanes[lanes] = {}, quadratic_lanes[lanes] = {};
  for (std::int64_t t = 0; t < problem.rows(); t += lanes) {
    const double sign = problem.sign(t);
    for (int l = 0; l < lanes; ++l) {
      alpha_lanes[l] += alpha[t + l];
      quadratic_lanes[l] += alpha[t + l] * (sign * gradient[t + l] + 1.0);
    }
  }
  const double scale = formulas::growth_scale(formulas::lane_total(alpha_lanes),
                                              formulas::lane_total(quadratic_lanes), growth);
  for (std::int64_t t = 0; t < problem.rows(); t += lanes) {
    const double sign = problem.sign(t);
    for (std::int64_t r = t; r < t + lanes; ++r) {
      alpha[r] = formulas::grown_alpha(alpha[r], upper[r], growth, scale);
      gradient[r] = formulas::grown_gradient(gradient[r], sign, scale);
      upper[r] *= growth;
    }
  }
}

core::BinarySummary summarize_problem(const BinaryProblem& problem, const double* upper,
                                      const double* alpha, const double* gradient) {
  upper += problem.offset;
  alpha += problem.offset;
  gradient += problem.offset;
  formulas::SummaryLane lane[lanes];
  for (std::int64_t t = 0; t < problem.rows(); t += lanes) {
    const double sign = problem.sign(t);
    for (int l = 0; l < lanes; ++l) lane[l].add(sign, upper[t + l], alpha[t + l], gradient[t + l]);
  }
  for (int half = lanes / 2; half > 0; half /= 2)  // as formulas::lane_total
    for (int l = 0; l < half; ++l) lane[l].add(lane[l + half]);
  return lane[0].summary();
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
      others.push_back(kernel.rows.data[problem.table + row]);
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
