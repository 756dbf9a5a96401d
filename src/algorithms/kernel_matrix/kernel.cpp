#include "algorithms/kernel_matrix/kernel.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/buffer.hpp"
#include "core/ops/ops.hpp"

namespace whiteline {

namespace {

constexpr std::array<std::pair<KernelType, std::string_view>, 6> kernel_names = {{
    {KernelType::linear, "linear"},
    {KernelType::polynomial, "polynomial"},
    {KernelType::rbf, "rbf"},
    {KernelType::sigmoid, "sigmoid"},
    {KernelType::cosine, "cosine"},
    {KernelType::precomputed, "precomputed"},
}};

}  // namespace

std::string_view name(KernelType type) {
  for (const auto& [each, text] : kernel_names)
    if (each == type) return text;
  return "?";
}

KernelType kernel_type(std::string_view name) {
  for (const auto& [type, text] : kernel_names)
    if (text == name) return type;
  throw InvalidArgument(
      fmt::format("unknown kernel `{}` (there are linear, polynomial, rbf, sigmoid, cosine and "
                  "precomputed) write one of these",
                  name));
}

namespace kernels {

namespace {

constexpr double largest_float = double(std::numeric_limits<float>::max());
constexpr double smallest_float = double(std::numeric_limits<float>::min());

}  // namespace

void check_kernel(const Kernel& kernel) {
  if (!has_gamma(kernel.type)) return;
  if (kernel.gamma_rule == GammaRule::value &&
      !(kernel.gamma >= smallest_float && kernel.gamma <= largest_float))
    throw InvalidArgument(
        fmt::format("cannot use gamma = {} (it is a positive float32 number) raise it, or use the "
                    "rule `scale`",
                    kernel.gamma));
  if (kernel.type == KernelType::rbf) return;
  if (!(std::abs(kernel.coef0) <= largest_float))
    throw InvalidArgument(fmt::format(
        "cannot use coef0 = {} (it is a finite float32 number) use 0 or a number near gamma x.z",
        kernel.coef0));
  if (kernel.type == KernelType::polynomial && kernel.degree < 1)
    throw InvalidArgument(fmt::format(
        "cannot use degree = {} (it is a whole number from 1) use 2 or 3", kernel.degree));
}

double population_variance(const Context& ctx, std::span<const ConstMatrixView> parts) {
  auto& reduce = core::need(ctx.queue().ops().reduce, "reduce");
  core::Buffer<double> moments(ctx, 2);
  double count = 0.0;
  for (const ConstMatrixView& part : parts) count += double(part.rows) * double(part.cols);
  if (count == 0.0) return 0.0;
  // moment 0: sum of x - centre; moment 1: of its squares.
  const auto sum = [&](double centre, std::size_t moment) {
    double total = 0.0;
    for (const ConstMatrixView& part : parts) {
      reduce.moments(part, centre, moments.span());
      total += moments.to_host()[moment];
    }
    return total;
  };
  return sum(sum(0.0, 0) / count, 1) / count;
}

std::vector<double> checked_squared_norms(const Context& ctx, ConstMatrixView x,
                                          std::string_view task, std::string_view matrix) {
  auto& reduce = core::need(ctx.queue().ops().reduce, "reduce");
  core::Buffer<std::int32_t> first_bad(ctx, x.rows);
  core::Buffer<double> sums(ctx, x.rows);
  reduce.first_non_finite(x, first_bad.span());
  reduce.rows(core::ReduceOps::RowValue::sum_of_squares, x, sums.span());
  const std::vector<std::int32_t> channels = first_bad.to_host();
  std::vector<double> norms = sums.to_host();
  const auto name = [&](std::size_t row) {
    return matrix.empty() ? fmt::format("row {}", row) : fmt::format("row {} of {}", row, matrix);
  };
  for (std::size_t row = 0; row < norms.size(); ++row) {
    if (channels[row] >= 0)
      throw InvalidArgument(
          fmt::format("cannot {} (channel {} of {} is NaN or infinite) repair or leave out this "
                      "spectrum",
                      task, channels[row], name(row)));
    if (!(norms[row] <= largest_value))
      throw InvalidArgument(
          fmt::format("cannot {} (the squared norm of {} is {:.3g}, above {:.0e}) scale the "
                      "spectra, for example by --normalise max",
                      task, name(row), norms[row], largest_value));
  }
  return norms;
}

Kernel canonical(const Kernel& kernel) {
  Kernel out{kernel.type, GammaRule::value, 1.0, 0.0, 1};
  if (has_gamma(kernel.type)) {
    out.gamma_rule = kernel.gamma_rule;
    out.gamma = kernel.gamma;
  }
  if (has_coef0(kernel.type)) out.coef0 = kernel.coef0;
  if (has_degree(kernel.type)) out.degree = kernel.degree;
  return out;
}

Kernel with_gamma_number(const Kernel& kernel, std::int64_t channels, double variance) {
  Kernel out = kernel;
  out.gamma_rule = GammaRule::value;
  if (!has_gamma(kernel.type)) {
    out.gamma = 1.0;
  } else if (kernel.gamma_rule == GammaRule::channels) {
    out.gamma = 1.0 / double(channels);
  } else if (kernel.gamma_rule == GammaRule::scale) {
    // A spread whose inverse float32 cannot hold is as good as none.
    const double spread = double(channels) * variance;
    out.gamma = spread > 1e-37 && spread < 1e37 ? 1.0 / spread : 1.0;
  }
  return out;
}

formulas::KernelConstants kernel_constants(const Kernel& kernel, double mean_squared_norm) {
  using formulas::KernelFunction;
  const auto function = [&] {
    switch (kernel.type) {
      case KernelType::polynomial:
        return KernelFunction::polynomial;
      case KernelType::rbf:
        return KernelFunction::rbf;
      case KernelType::sigmoid:
        return KernelFunction::sigmoid;
      case KernelType::linear:
      case KernelType::cosine:
      case KernelType::precomputed:
        break;
    }
    return KernelFunction::linear;
  };
  return {function(), float(kernel.gamma), float(kernel.coef0), kernel.degree,
          float(mean_squared_norm)};
}

}  // namespace kernels

}  // namespace whiteline
