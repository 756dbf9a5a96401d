#include "algorithms/svm/data.hpp"

#include <fmt/format.h>

#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/precomputed.hpp"
#include "core/ops/ops.hpp"
#include "core/to_host.hpp"
#include "formulas/sum.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t transform_channels = 128;  // whose products take as long as a transform

core::KernelMatrixOps& kernel_ops(const Context& ctx) {
  return core::need(ctx.queue().ops().kernel_matrix, "kernel_matrix");
}

// The rows of each class, without padding.
std::vector<ConstMatrixView> class_parts(const SortedRows& rows, ConstMatrixView sorted) {
  std::vector<ConstMatrixView> parts;
  for (const ClassRows& c : rows.classes) parts.push_back(sorted.some_rows(c.begin, c.rows));
  return parts;
}

std::vector<float> mean_row(const Context& ctx, const std::vector<ConstMatrixView>& parts) {
  auto& reduce = core::need(ctx.queue().ops().reduce, "reduce");
  std::vector<double> sum(at(parts.front().cols), 0.0);
  core::Buffer<double> means(ctx, parts.front().cols);
  std::int64_t rows = 0;
  for (const ConstMatrixView& part : parts) {
    reduce.column_means(part, means.span());
    const std::vector<double> host = means.to_host();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += host[i] * double(part.rows);
    rows += part.rows;
  }
  std::vector<float> mean;
  for (double s : sum) mean.push_back(static_cast<float>(s / double(rows)));
  return mean;
}

void check_polynomial(const Kernel& kernel, const std::vector<double>& norms,
                      const SortedRows& rows) {
  if (kernel.type != KernelType::polynomial) return;
  for (std::int32_t row : rows.order) {
    const double value = row < 0 ? 0.0 : kernels::largest_polynomial(kernel, norms[at(row)]);
    if (!(value <= kernels::largest_value))
      throw InvalidArgument(
          fmt::format("cannot train (the polynomial kernel of row {} is {:.3g}, above {:.0e}) "
                      "scale the spectra, or lower gamma, coef0 or the degree",
                      row, value, kernels::largest_value));
  }
}

}  // namespace

double squared_norm(std::span<const float> vector) {
  constexpr std::size_t lanes = formulas::sum_lanes;
  double lane[lanes] = {};  // as formulas::lane_sum, in steps of a known length
  std::size_t c = 0;
  for (; c + lanes <= vector.size(); c += lanes)
    for (std::size_t l = 0; l < lanes; ++l)
      lane[l] += double(vector[c + l]) * double(vector[c + l]);
  for (std::size_t l = 0; c + l < vector.size(); ++l)
    lane[l] += double(vector[c + l]) * double(vector[c + l]);
  return formulas::lane_total(lane);
}

TrainingSet::TrainingSet(const Context& ctx, const Matrix& x, std::span<const std::int32_t> labels,
                         std::span<const double> sample_weight)
    : ctx_(ctx), x_(x), memory_limit_(double(ctx.memory_limit())) {
  require(x.cols() > 0, "cannot train (the spectra have no channels) give at least one");
  rows_ = sort_rows(x.rows(), labels, sample_weight);
  squared_norms_ = kernels::checked_squared_norms(ctx, x.view(), "train", "");
}

std::int64_t TrainingSet::zero_norm_rows() const {
  std::int64_t count = 0;
  for (std::int32_t row : rows_.order) count += row >= 0 && squared_norms_[at(row)] == 0.0;
  return count;
}

double TrainingSet::variance() {
  if (!variance_) {
    const core::Buffer<std::int32_t> order(ctx_, rows_.order);
    core::Buffer<float> q(ctx_, kernel_rows()), a(ctx_, kernel_rows());
    Matrix sorted(ctx_, kernel_rows(), x_.cols());
    kernel_ops(ctx_).prepare(x_.view(), order.span(), false, {}, sorted.view(), q.span(), a.span());
    variance_ =
        kernels::population_variance(ctx_, class_parts(rows_, std::as_const(sorted).view()));
  }
  return *variance_;
}

Kernel TrainingSet::resolved(const Kernel& kernel) {
  const Kernel out = kernels::with_gamma_number(kernel, x_.cols(),
                                                kernels::needs_variance(kernel) ? variance() : 0.0);
  check_polynomial(out, squared_norms_, rows_);
  if (kernel.type == KernelType::precomputed && given_diagonal_.empty()) {
    plan(4.0 * double(x_.rows()) * double(x_.cols()), "a copy of the kernel matrix");
    given_diagonal_ = checked_diagonal(x_);
  }
  return out;
}

const CentredRows& TrainingSet::centred(Norm norm) {
  std::optional<CentredRows>& made = centred_[std::size_t(norm)];
  if (!made) {
    const std::int64_t n = kernel_rows();
    plan(4.0 * double(n) * (padded(x_.cols()) + 2.0), "the prepared rows");
    const bool normalise = norm == Norm::unit;
    CentredRows out{Matrix(ctx_, n, x_.cols()), {ctx_, n}, {ctx_, n}, {}};
    const core::Buffer<std::int32_t> order(ctx_, rows_.order);
    const auto prepare = [&](core::DeviceSpan<const float> mean) {
      kernel_ops(ctx_).prepare(x_.view(), order.span(), normalise, mean, out.rows.view(),
                               out.squared_norm.span(), out.mean_dot.span());
    };
    prepare({});
    out.mean = mean_row(ctx_, class_parts(rows_, std::as_const(out.rows).view()));
    const core::Buffer<float> mean(ctx_, out.mean);
    prepare(mean.span());
    made = std::move(out);
  }
  return *made;
}

formulas::KernelConstants TrainingSet::constants(const Kernel& kernel) {
  return kernels::kernel_constants(kernel, squared_norm(centred(norm_of(kernel)).mean));
}

core::Buffer<float> TrainingSet::diagonal(const Kernel& kernel) {
  std::vector<float> diagonal;
  if (kernel.type == KernelType::precomputed) {
    for (const std::int32_t row : rows_.order)
      diagonal.push_back(row < 0 ? 0.0f : given_diagonal_[at(row)]);
    return {ctx_, diagonal};
  }
  const formulas::KernelConstants function = constants(kernel);
  const CentredRows& rows = centred(norm_of(kernel));
  const std::vector<float> q = rows.squared_norm.to_host(), a = rows.mean_dot.to_host();
  for (std::size_t i = 0; i < q.size(); ++i)
    diagonal.push_back(formulas::kernel_value(function, q[i], q[i], q[i], a[i], a[i], true));
  return {ctx_, diagonal};
}

void TrainingSet::compute(const Kernel& kernel, const std::function<void(std::int64_t)>& between,
                          MatrixView out) {
  if (kernel.type == KernelType::precomputed) {
    plan(4.0 * double(x_.rows()) * double(x_.cols()), "a copy of the kernel matrix");
    sort_kernel(ctx_, x_, rows_.order, out);
    return between(kernel_rows());
  }
  const CentredRows& rows = centred(norm_of(kernel));
  const std::int64_t n = kernel_rows();
  const bool known = products_norm_ == norm_of(kernel);
  const std::int64_t steps =
      rows_a_call(ctx_, n, known ? transform_channels : x_.cols()) / core::symmetric_step;
  const std::int64_t step = std::max<std::int64_t>(steps, 1) * core::symmetric_step;
  for (std::int64_t begin = 0; begin < n; begin += step) {
    const core::IndexRange part{begin, std::min(begin + step, n)};
    if (known)
      kernel_ops(ctx_).transform(constants(kernel), std::as_const(products_).view(),
                                 rows.squared_norm.span(), rows.mean_dot.span(), part, out);
    else
      kernel_ops(ctx_).kernel_symmetric(constants(kernel), rows.view(), part, out);
    between(part.end);
  }
}

std::vector<float> TrainingSet::gather(const std::vector<std::int32_t>& rows) const {
  const std::int64_t count = std::ssize(rows);
  const core::Buffer<std::int32_t> order(ctx_, rows);
  core::Buffer<float> q(ctx_, count), a(ctx_, count);
  Matrix chosen(ctx_, count, x_.cols());
  if (count > 0)  // an empty order would mean all rows
    kernel_ops(ctx_).prepare(x_.view(), order.span(), false, {}, chosen.view(), q.span(), a.span());
  return core::to_host(chosen);
}

TrainingSet& training_set(const Context& ctx, const SvmData& data) {
  require(&data.training_set().context().queue() == &ctx.queue(),
          "cannot use the training data (they were made on another Context) make an SvmData on "
          "this one");
  return data.training_set();
}

}  // namespace whiteline::svm

namespace whiteline {

SvmData::SvmData(const Context& ctx, const Matrix& x, std::span<const std::int32_t> labels,
                 std::span<const double> sample_weight)
    : set_(std::make_shared<svm::TrainingSet>(ctx, x, labels, sample_weight)) {}

std::int64_t SvmData::rows() const { return set_->rows().rows(); }
std::int64_t SvmData::channels() const { return set_->x().cols(); }
std::vector<std::int32_t> SvmData::classes() const {
  std::vector<std::int32_t> labels;
  for (const svm::ClassRows& c : set_->rows().classes) labels.push_back(c.label);
  return labels;
}

}  // namespace whiteline
