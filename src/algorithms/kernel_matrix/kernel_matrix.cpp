#include <whiteline/kernel_matrix.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {

namespace {

double padded(std::int64_t columns) { return double((columns + 15) / 16 * 16); }

// Rows are copied only where they must change first.
bool needs_preparation(const Kernel& kernel) {
  return kernel.type == KernelType::cosine || kernel.type == KernelType::rbf;
}

void plan_memory(const Context& ctx, const Kernel& kernel, std::int64_t rows, std::int64_t columns,
                 std::int64_t prepared_rows, std::int64_t channels) {
  const double bytes =
      4.0 * (double(rows) * padded(columns) + 2.0 * double(prepared_rows) +
             (needs_preparation(kernel) ? double(prepared_rows) * padded(channels) : 0.0));
  const double limit = double(ctx.memory_limit());
  if (bytes > limit)
    throw OutOfMemory(
        fmt::format("cannot hold the kernel matrix of {} x {} (needs {:.2f} GiB, {:.2f} GiB may be "
                    "used) raise --memory or take fewer rows",
                    rows, columns, bytes / 0x1p30, limit / 0x1p30));
}

double checked_largest_norm(const Context& ctx, ConstMatrixView x, std::string_view name) {
  const std::vector<double> norms =
      kernels::checked_squared_norms(ctx, x, "make a kernel matrix", name);
  return norms.empty() ? 0.0 : *std::max_element(norms.begin(), norms.end());
}

void check_polynomial(const Kernel& kernel, double largest_product) {
  if (kernel.type != KernelType::polynomial) return;
  const double value = kernels::largest_polynomial(kernel, largest_product);
  if (!(value <= kernels::largest_value))
    throw InvalidArgument(fmt::format(
        "cannot make a kernel matrix (polynomial values may reach {:.3g}, above {:.0e}) scale the "
        "spectra, or lower gamma, coef0 or the degree",
        value, kernels::largest_value));
}

// Rows as the kernel's formula wants them, with the memory they live in.
class Prepared {
 public:
  Prepared(const Context& ctx, const Kernel& kernel, ConstMatrixView x,
           const core::Buffer<float>& mean)
      : squared_norm_(ctx, x.rows), mean_dot_(ctx, x.rows), view_(x) {
    if (!needs_preparation(kernel)) {
      squared_norm_.fill(0);
      mean_dot_.fill(0);
      return;
    }
    rows_ = Matrix(ctx, x.rows, x.cols);
    core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix")
        .prepare(x, {}, kernel.type == KernelType::cosine, mean.span(), rows_.view(),
                 squared_norm_.span(), mean_dot_.span());
    view_ = rows_.view();
  }

  core::PreparedRows get() const { return {view_, squared_norm_.span(), mean_dot_.span()}; }

 private:
  Matrix rows_;
  core::Buffer<float> squared_norm_, mean_dot_;
  ConstMatrixView view_;
};

// Distances do not see a common shift, and small numbers keep more of their digits.
core::Buffer<float> common_shift(const Context& ctx, const Kernel& kernel, ConstMatrixView x) {
  if (kernel.type != KernelType::rbf || x.rows == 0) return {};
  core::Buffer<double> means(ctx, x.cols);
  core::need(ctx.queue().ops().reduce, "reduce").column_means(x, means.span());
  const std::vector<double> host = means.to_host();
  const std::vector<float> rounded(host.begin(), host.end());
  return core::Buffer<float>(ctx, rounded);
}

Matrix make(const Context& ctx, const Kernel& asked, const Matrix& x, const Matrix& z, bool same) {
  kernels::check_kernel(asked);
  if (x.cols() != z.cols())
    throw InvalidArgument(
        fmt::format("cannot make a kernel matrix (x has {} channels, z has {}) bring both to one "
                    "energy axis",
                    x.cols(), z.cols()));
  require(x.cols() >= 1, "cannot make a kernel matrix (the spectra have no channels) pass spectra");
  plan_memory(ctx, asked, x.rows(), z.rows(), x.rows() + (same ? 0 : z.rows()), x.cols());
  const double largest_x = checked_largest_norm(ctx, x.view(), "x");
  const double largest_z = same ? largest_x : checked_largest_norm(ctx, z.view(), "z");
  const ConstMatrixView all[] = {x.view()};
  const double variance =
      kernels::needs_variance(asked) ? kernels::population_variance(ctx, all) : 0.0;
  const Kernel kernel = kernels::with_gamma_number(asked, x.cols(), variance);
  check_polynomial(kernel, std::sqrt(largest_x * largest_z));

  const core::Buffer<float> mean = common_shift(ctx, kernel, x.view());
  const formulas::KernelConstants constants = kernels::kernel_constants(kernel, 0.0);
  auto& ops = core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix");
  Matrix out(ctx, x.rows(), z.rows());
  const Prepared left(ctx, kernel, x.view(), mean);
  if (same) {
    ops.kernel_symmetric(constants, left.get(), out.view());
  } else {
    const Prepared right(ctx, kernel, z.view(), mean);
    ops.kernel(constants, left.get(), right.get(), out.view());
  }
  return out;
}

}  // namespace

Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x, const Matrix& z) {
  return make(ctx, kernel, x, z, &x == &z);
}

Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x) {
  return make(ctx, kernel, x, x, true);
}

}  // namespace whiteline
