#include <whiteline/kernel_matrix.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "core/buffer.hpp"
#include "core/memory_plan.hpp"
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
  core::check_memory(ctx, bytes, fmt::format("hold the kernel matrix of {} x {}", rows, columns),
                     "raise --memory or take fewer rows");
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

// A kernel on two sets of spectra, checked and prepared, ready to fill rows of its matrix.
class KernelMaker {
 public:
  // `rows`: of the matrix, held at a time.
  KernelMaker(const Context& ctx, const Kernel& asked, const Matrix& x, const Matrix& z,
              std::int64_t rows)
      : ops_(core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix")) {
    const bool same = &x == &z;
    kernels::check_kernel(asked);
    require(asked.type != KernelType::precomputed,
            "cannot make a kernel matrix (a precomputed one is given) choose another kernel");
    if (x.cols() != z.cols())
      throw InvalidArgument(fmt::format(
          "cannot make a kernel matrix (x has {} channels, z has {}) bring both to one energy axis",
          x.cols(), z.cols()));
    require(x.cols() >= 1,
            "cannot make a kernel matrix (the spectra have no channels) pass spectra");
    plan_memory(ctx, asked, rows, z.rows(), x.rows() + (same ? 0 : z.rows()), x.cols());
    const double largest_x = checked_largest_norm(ctx, x.view(), "x");
    const double largest_z = same ? largest_x : checked_largest_norm(ctx, z.view(), "z");
    const ConstMatrixView all[] = {x.view()};
    const double variance =
        kernels::needs_variance(asked) ? kernels::population_variance(ctx, all) : 0.0;
    const Kernel kernel = kernels::with_gamma_number(asked, x.cols(), variance);
    check_polynomial(kernel, std::sqrt(largest_x * largest_z));
    constants_ = kernels::kernel_constants(kernel, 0.0);
    const core::Buffer<float> mean = common_shift(ctx, kernel, x.view());
    left_.emplace(ctx, kernel, x.view(), mean);
    if (!same) right_.emplace(ctx, kernel, z.view(), mean);
  }

  // Rows [first, first + out.rows) of the matrix.
  void fill(std::int64_t first, MatrixView out) const {
    const core::PreparedRows left = left_->get();
    if (!right_ && out.rows == left.rows.rows) return ops_.kernel_symmetric(constants_, left, out);
    ops_.kernel(constants_,
                {left.rows.some_rows(first, out.rows), left.squared_norm.part(first, out.rows),
                 left.mean_dot.part(first, out.rows)},
                right_ ? right_->get() : left, out);
  }

 private:
  core::KernelMatrixOps& ops_;
  formulas::KernelConstants constants_;
  std::optional<Prepared> left_, right_;  // right_: unless both are the same
};

Matrix make(const Context& ctx, const Kernel& kernel, const Matrix& x, const Matrix& z) {
  const KernelMaker maker(ctx, kernel, x, z, x.rows());
  Matrix out(ctx, x.rows(), z.rows());
  maker.fill(0, out.view());
  return out;
}

// Rows of a block of about block_bytes, at most a quarter of what may be used.
std::int64_t block_rows(const Context& ctx, std::int64_t columns) {
  constexpr double block_bytes = 64 << 20;
  const double bytes = std::min(block_bytes, double(ctx.memory_limit()) / 4.0);
  return std::max<std::int64_t>(std::int64_t(bytes / (4.0 * std::max(padded(columns), 16.0))), 1);
}

}  // namespace

Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x, const Matrix& z) {
  return make(ctx, kernel, x, z);
}

Matrix kernel_matrix(const Context& ctx, const Kernel& kernel, const Matrix& x) {
  return make(ctx, kernel, x, x);
}

void kernel_matrix_blocks(const Context& ctx, const Kernel& kernel, const Matrix& x,
                          const Matrix& z, const TakeKernelRows& take,
                          const KernelBlockParams& params) {
  require(params.rows >= 0,
          "cannot make blocks of a kernel matrix (a block has a negative number of rows) choose 0 "
          "for the default");
  const std::int64_t wanted = params.rows > 0 ? params.rows : block_rows(ctx, z.rows());
  const std::int64_t rows = std::min(wanted, x.rows());
  const KernelMaker maker(ctx, kernel, x, z, rows);
  Matrix block;
  for (std::int64_t first = 0; first < x.rows(); first += rows) {
    const std::int64_t count = std::min(rows, x.rows() - first);
    if (block.rows() != count) block = Matrix(ctx, count, z.rows());
    maker.fill(first, block.view());
    take(first, block);
    report(params.progress, "kernel matrix", std::uint64_t(first + count), std::uint64_t(x.rows()));
  }
}

}  // namespace whiteline
