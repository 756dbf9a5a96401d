#include "algorithms/svm/data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/checks.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::svm {

namespace {

using kernels::largest_value;

// Sums of squares of all rows of x, checked. One read of x.
std::vector<double> checked_norms(const Context& ctx, const Matrix& x) {
  refuse_non_finite(ctx, x.view());
  core::Buffer<double> sums(ctx, x.rows());
  core::need(ctx.queue().ops().reduce, "reduce")
      .rows(core::ReduceOps::RowValue::sum_of_squares, x.view(), sums.span());
  std::vector<double> norms = sums.to_host();
  for (std::size_t row = 0; row < norms.size(); ++row)
    if (!(norms[row] <= largest_value))
      throw InvalidArgument(
          fmt::format("cannot train (the squared norm of row {} is {:.3g}, above "
                      "{:.0e}) scale the spectra, for example by --normalise max",
                      row, norms[row], largest_value));
  return norms;
}

void plan_memory(const Context& ctx, const Matrix& x, const SortedRows& rows,
                 std::int64_t solver_numbers) {
  const auto padded = [](std::int64_t cols) { return double((cols + 15) / 16 * 16); };
  const auto n = double(rows.kernel_rows());
  const double bytes = 4.0 * n * padded(x.cols()) + 4.0 * n * padded(rows.kernel_rows()) +
                       24.0 * double(solver_numbers);
  const auto limit = double(ctx.memory_limit());
  if (bytes > limit)
    throw OutOfMemory(
        fmt::format("cannot hold the kernel matrix of {} rows (needs {:.2f} GiB, {:.2f} GiB may be "
                    "used) raise --memory or train on fewer rows",
                    rows.rows(), bytes / 0x1p30, limit / 0x1p30));
}

// What is known of the prepared rows before they are centred: class by class, without padding.
class Statistics {
 public:
  Statistics(const Context& ctx, const SortedRows& rows, ConstMatrixView sorted)
      : ctx_(ctx), rows_(rows), sorted_(sorted) {}

  std::vector<float> mean() const {
    std::vector<double> sum(at(sorted_.cols), 0.0);
    core::Buffer<double> means(ctx_, sorted_.cols);
    for (const ClassRows& c : rows_.classes) {
      reduce().column_means(sorted_.some_rows(c.begin, c.rows), means.span());
      const std::vector<double> host = means.to_host();
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += host[i] * double(c.rows);
    }
    std::vector<float> mean;
    for (double s : sum) mean.push_back(static_cast<float>(s / double(rows_.rows())));
    return mean;
  }

  // The population variance of all numbers.
  double variance() const {
    const double count = double(rows_.rows()) * double(sorted_.cols);
    const double mean = moments(0.0)[0] / count;
    return moments(mean)[1] / count;
  }

 private:
  core::ReduceOps& reduce() const { return core::need(ctx_.queue().ops().reduce, "reduce"); }

  std::vector<double> moments(double centre) const {
    std::vector<double> sum(2, 0.0);
    core::Buffer<double> both(ctx_, 2);
    for (const ClassRows& c : rows_.classes) {
      reduce().moments(sorted_.some_rows(c.begin, c.rows), centre, both.span());
      const std::vector<double> host = both.to_host();
      sum[0] += host[0];
      sum[1] += host[1];
    }
    return sum;
  }

  const Context& ctx_;
  const SortedRows& rows_;
  ConstMatrixView sorted_;
};

void check_polynomial(const Kernel& kernel, const std::vector<double>& norms,
                      const SortedRows& rows) {
  if (kernel.type != KernelType::polynomial) return;
  for (std::int32_t row : rows.order) {
    if (row < 0) continue;
    const double value = std::pow(std::abs(kernel.gamma * norms[at(row)]) + std::abs(kernel.coef0),
                                  double(kernel.degree));
    if (!(value <= largest_value))
      throw InvalidArgument(
          fmt::format("cannot train (the polynomial kernel of row {} is {:.3g}, above {:.0e}) "
                      "scale the spectra, or lower gamma, coef0 or the degree",
                      row, value, largest_value));
  }
}

}  // namespace

double squared_norm(std::span<const float> vector) {
  double sum = 0.0;
  for (float v : vector) sum += double(v) * double(v);
  return sum;
}

TrainingSet make_training_set(const Context& ctx, const Kernel& kernel, const Matrix& x,
                              SortedRows rows, std::int64_t solver_numbers,
                              const Progress& progress) {
  plan_memory(ctx, x, rows, solver_numbers);
  const std::vector<double> norms = checked_norms(ctx, x);
  TrainingSet set;
  set.rows = std::move(rows);
  const bool normalise = kernel.type == KernelType::cosine;
  if (normalise)
    for (std::int32_t row : set.rows.order)
      if (row >= 0 && norms[at(row)] == 0.0) ++set.zero_norm_rows;

  const std::int64_t n = set.rows.kernel_rows();
  auto& ops = core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix");
  const core::Buffer<std::int32_t> order(ctx, set.rows.order);
  core::Buffer<float> q(ctx, n), a(ctx, n);
  Matrix sorted(ctx, n, x.cols());
  ops.prepare(x.view(), order.span(), normalise, {}, sorted.view(), q.span(), a.span());
  const Statistics statistics(ctx, set.rows, std::as_const(sorted).view());
  set.mean = statistics.mean();
  set.kernel = kernels::with_gamma_number(
      kernel, x.cols(), kernels::needs_variance(kernel) ? statistics.variance() : 0.0);
  check_polynomial(set.kernel, norms, set.rows);
  report(progress, "kernel matrix", 0, 1);

  const core::Buffer<float> mean(ctx, set.mean);
  ops.prepare(x.view(), order.span(), normalise, mean.span(), sorted.view(), q.span(), a.span());
  const formulas::KernelConstants function =
      kernels::kernel_constants(set.kernel, squared_norm(set.mean));
  set.matrix = Matrix(ctx, n, n);
  ops.kernel_symmetric(function, {std::as_const(sorted).view(), q.span(), a.span()},
                       set.matrix.view());
  // From the float64 norms, so that it does not wait for any row of the matrix.
  const std::vector<float> host_q = q.to_host(), host_a = a.to_host();
  std::vector<float> diagonal(at(n));
  for (std::size_t i = 0; i < diagonal.size(); ++i)
    diagonal[i] = formulas::kernel_value(function, host_q[i], host_q[i], host_q[i], host_a[i],
                                         host_a[i], true);
  set.diagonal = core::Buffer<float>(ctx, diagonal);
  report(progress, "kernel matrix", 1, 1);
  return set;
}

}  // namespace whiteline::svm
