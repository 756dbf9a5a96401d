#include "algorithms/svm/kernel_error.hpp"

#include <algorithm>
#include <cmath>

#include "formulas/kernel_function.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t sampled_rows = 64;
constexpr std::size_t lanes = 16;  // of sums, so that they can be computed side by side

// Sum of term(x_c, z_c) over all channels.
template <class Term>
double sum(std::span<const float> x, std::span<const float> z, Term&& term) {
  double lane[lanes] = {};
  std::size_t c = 0;
  for (; c + lanes <= x.size(); c += lanes)
    for (std::size_t l = 0; l < lanes; ++l) lane[l] += term(double(x[c + l]), double(z[c + l]));
  for (; c < x.size(); ++c) lane[0] += term(double(x[c]), double(z[c]));
  double total = 0.0;
  for (double s : lane) total += s;
  return total;
}

double exact_kernel(const Kernel& kernel, std::span<const float> x, std::span<const float> z,
                    double inverse_norms) {
  if (kernel.type == KernelType::rbf)
    return std::exp(-kernel.gamma *
                    sum(x, z, [](double a, double b) { return (a - b) * (a - b); }));
  const double product = sum(x, z, [](double a, double b) { return a * b; });
  if (kernel.type == KernelType::linear) return product;
  if (kernel.type == KernelType::cosine) return product * inverse_norms;
  const double affine = kernel.gamma * product + kernel.coef0;
  return kernel.type == KernelType::polynomial ? std::pow(affine, kernel.degree)
                                               : std::tanh(affine);
}

// Kernel rows, without padding, evenly spaced.
std::vector<std::int64_t> sample(const SortedRows& rows) {
  std::vector<std::int64_t> all, chosen;
  for (std::int64_t r = 0; r < rows.kernel_rows(); ++r)
    if (rows.order[at(r)] >= 0) all.push_back(r);
  const std::int64_t count = std::min<std::int64_t>(sampled_rows, std::ssize(all));
  for (std::int64_t i = 0; i < count; ++i) chosen.push_back(all[at(i * std::ssize(all) / count)]);
  return chosen;
}

// Row of the problem that is this row of the kernel matrix; -1: none.
std::int64_t problem_row(const formulas::BinaryProblem& p, std::int64_t row) {
  if (row >= p.first_begin && row < p.first_begin + p.first_rows) return row - p.first_begin;
  if (row >= p.second_begin && row < p.second_begin + p.second_rows)
    return p.first_rows + row - p.second_begin;
  return -1;
}

}  // namespace

double kernel_error(const TrainingSet& set, const SvmModel& model, const Solutions& solutions,
                    const std::vector<double>& centred_rho) {
  const std::vector<std::int64_t> chosen = sample(set.rows());
  std::vector<std::int32_t> numbers;
  for (std::int64_t r : chosen) numbers.push_back(set.rows().order[at(r)]);
  const std::vector<float> x = set.gather(numbers);
  const auto channels = at(model.channels), support = at(model.support_vector_count());
  const auto row_of = [&](const std::vector<float>& rows, std::size_t i) {
    return std::span(rows).subspan(i * channels, channels);
  };
  std::vector<double> inverse_norm;
  for (std::size_t j = 0; j < support; ++j)
    inverse_norm.push_back(formulas::inverse_norm(squared_norm(row_of(model.support_vectors, j))));

  double largest = 0.0;
  std::vector<double> k(support);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const double own = formulas::inverse_norm(squared_norm(row_of(x, i)));
    for (std::size_t j = 0; j < support; ++j)
      k[j] = exact_kernel(model.kernel, row_of(x, i), row_of(model.support_vectors, j),
                          own * inverse_norm[j]);
    for (std::size_t p = 0; p < solutions.problems.size(); ++p) {
      const formulas::BinaryProblem& problem = solutions.problems[p];
      const std::int64_t t = problem_row(problem, chosen[i]);
      if (t < 0) continue;
      double exact = -model.rho[p];
      for (std::size_t j = 0; j < support; ++j) exact += model.coefficients[p * support + j] * k[j];
      const double known =
          solutions.gradient[at(problem.offset + t)] + problem.sign(t) - centred_rho[p];
      largest = std::max(largest, std::abs(exact - known));
    }
  }
  return largest;
}

}  // namespace whiteline::svm
