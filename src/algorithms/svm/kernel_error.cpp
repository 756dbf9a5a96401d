#include "algorithms/svm/kernel_error.hpp"

#include <algorithm>
#include <cmath>

#include "formulas/kernel_function.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t sampled_rows = 64;
constexpr std::size_t lanes = 8;  // of sums, so that they can be computed side by side

std::vector<double> doubles(std::span<const float> numbers) {
  return {numbers.begin(), numbers.end()};
}

double dot(std::span<const double> x, std::span<const double> z) {
  double lane[lanes] = {};
  std::size_t c = 0;
  for (; c + lanes <= x.size(); c += lanes)
    for (std::size_t l = 0; l < lanes; ++l) lane[l] += x[c + l] * z[c + l];
  for (; c < x.size(); ++c) lane[0] += x[c] * z[c];
  double total = 0.0;
  for (double s : lane) total += s;
  return total;
}

// Of rows whose dot product and squared norms are these.
double exact_kernel(const Kernel& kernel, double product, double x_squared, double z_squared) {
  if (kernel.type == KernelType::linear) return product;
  if (kernel.type == KernelType::cosine)
    return product * formulas::inverse_norm(x_squared) * formulas::inverse_norm(z_squared);
  if (kernel.type == KernelType::rbf)
    return std::exp(-kernel.gamma * std::max(x_squared + z_squared - 2.0 * product, 0.0));
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

}  // namespace

double kernel_error(const TrainingSet& set, const SvmModel& model, const Solutions& solutions,
                    const std::vector<double>& centred_rho) {
  const std::vector<std::int64_t> chosen = sample(set.rows());
  std::vector<std::int32_t> numbers;
  for (std::int64_t r : chosen) numbers.push_back(set.rows().order[at(r)]);
  const std::vector<float> x = set.gather(numbers);
  const auto channels = at(model.channels), support = at(model.support_vector_count());
  std::vector<std::vector<double>> rows;
  std::vector<double> squared;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    rows.push_back(doubles(std::span(x).subspan(i * channels, channels)));
    squared.push_back(dot(rows[i], rows[i]));
  }
  std::vector<double> k(chosen.size() * support);
  for (std::size_t j = 0; j < support; ++j) {
    const std::vector<double> z =
        doubles(std::span(model.support_vectors).subspan(j * channels, channels));
    const double z_squared = dot(z, z);
    for (std::size_t i = 0; i < rows.size(); ++i)
      k[i * support + j] = exact_kernel(model.kernel, dot(rows[i], z), squared[i], z_squared);
  }

  double largest = 0.0;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    for (std::size_t p = 0; p < solutions.problems.size(); ++p) {
      const formulas::BinaryProblem& problem = solutions.problems[p];
      const std::int64_t t = problem.row_of(chosen[i]);
      if (t < 0) continue;
      double exact = -model.rho[p];
      for (std::size_t j = 0; j < support; ++j)
        exact += model.coefficients[p * support + j] * k[i * support + j];
      const double known =
          solutions.gradient[at(problem.offset + t)] + problem.sign(t) - centred_rho[p];
      largest = std::max(largest, std::abs(exact - known));
    }
  return largest;
}

}  // namespace whiteline::svm
