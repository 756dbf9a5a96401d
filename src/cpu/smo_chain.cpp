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
  core::BinarySummary out{};
  double least_up = std::numeric_limits<double>::infinity(), most_low = -least_up;
  double free_lanes[lanes] = {}, objective_lanes[lanes] = {};
  for (std::int64_t t = 0; t < problem.rows(); t += lanes) {
    const double sign = problem.sign(t);
    for (int l = 0; l < lanes; ++l) {
      const double a = alpha[t + l], c = upper[t + l], f = gradient[t + l];
      if (!(c > 0.0)) continue;
      objective_lanes[l] += a * (sign * f - 1.0);
      if (formulas::in_up(sign, a, c)) least_up = std::min(least_up, f);
      if (formulas::in_low(sign, a, c)) most_low = std::max(most_low, f);
      out.bounded += a >= c;
      if (a >= c || !(a > 0.0)) continue;
      ++out.free;
      free_lanes[l] += f;
    }
  }
  out.objective = formulas::lane_total(objective_lanes) / 2.0;
  out.rho = out.free > 0 ? formulas::lane_total(free_lanes) / double(out.free)
                         : (least_up + most_low) / 2.0;
  return out;
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
