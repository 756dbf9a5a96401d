#include "algorithms/svm/data.hpp"

#include <fmt/format.h>

#include <utility>

#include "algorithms/kernel_matrix/kernel.hpp"
#include "algorithms/svm/precomputed.hpp"
#include "core/ops/ops.hpp"
#include "formulas/sum.hpp"

namespace whiteline::svm {

namespace {

// Smaller matrices are computed whole: asking for rows would take longer.
constexpr std::int64_t whole_matrix_rows = 512;
constexpr std::int64_t transform_channels = 128;  // whose products take as long as a transform
constexpr std::int64_t touched_bytes = std::int64_t(8) << 20;  // of fresh memory at a time
constexpr double largest_table = 0.25;  // of rows by class of columns, share of the matrix's memory

double padded(std::int64_t columns) { return double((columns + 15) / 16 * 16); }

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

Matrix TrainingSet::fresh_matrix(const std::function<void()>& between) const {
  Matrix out(ctx_, kernel_rows(), kernel_rows());
  const MatrixView view = out.view();
  const std::int64_t row_bytes = view.stride * std::int64_t(sizeof(float));
  const std::int64_t step = std::max<std::int64_t>(touched_bytes / row_bytes, 1);
  for (std::int64_t row = 0; row < view.rows; row += step) {
    between();
    const std::int64_t rows = std::min(step, view.rows - row);
    ctx_.queue().fill(view.data + row * view.stride, 0, at(rows * row_bytes));
  }
  return out;
}

Matrix TrainingSet::whole_matrix(const Kernel& kernel, const Progress& progress) {
  const auto tell = [&](std::int64_t rows) {
    report(progress, "kernel matrix", std::uint64_t(rows), std::uint64_t(kernel_rows()));
  };
  Matrix out = fresh_matrix([&] { tell(0); });
  compute(kernel, tell, out.view());
  return out;
}

ConstMatrixView TrainingSet::products(Norm norm, const Progress& progress) {
  if (products_norm_ != norm) {
    products_norm_.reset();
    products_ = {};
    const double n = double(kernel_rows());
    centred(norm);
    plan(4.0 * n * padded(kernel_rows()), "the dot products");
    products_ = whole_matrix(norm == Norm::unit ? cosine() : linear(), progress);
    products_norm_ = norm;
  }
  return std::as_const(products_).view();
}

RowStore& TrainingSet::row_store(const Kernel& kernel, std::int64_t solver_numbers,
                                 const Progress& progress) {
  if (!has_row_store(kernel, solver_numbers)) {
    row_store_.reset();
    row_store_ = make_row_store(kernel, 24.0 * double(solver_numbers), progress);
    stored_kernel_ = kernel;
  }
  return *row_store_;
}

bool TrainingSet::has_row_store(const Kernel& kernel, std::int64_t solver_numbers) const {
  if (!row_store_ || !(stored_kernel_ == kernel)) return false;
  return !row_store_->ever_forgets() || held() + 24.0 * double(solver_numbers) <= memory_limit_;
}

std::vector<float> TrainingSet::gather(const std::vector<std::int32_t>& rows) const {
  const std::int64_t count = std::ssize(rows);
  const core::Buffer<std::int32_t> order(ctx_, rows);
  core::Buffer<float> q(ctx_, count), a(ctx_, count);
  Matrix chosen(ctx_, count, x_.cols());
  if (count > 0)  // an empty order would mean all rows
    kernel_ops(ctx_).prepare(x_.view(), order.span(), false, {}, chosen.view(), q.span(), a.span());
  std::vector<float> host(at(count * x_.cols()));
  chosen.copy_to(host);
  return host;
}

std::unique_ptr<RowStore> TrainingSet::make_row_store(const Kernel& kernel, double solver_bytes,
                                                      const Progress& progress) {
  const std::int64_t n = kernel_rows();
  const double row_bytes = 4.0 * padded(n);
  if (kernel.type == KernelType::precomputed) {
    plan(solver_bytes + row_bytes * double(n), "the kernel matrix");
    return std::make_unique<RowStore>(ctx_, whole_matrix(kernel, progress), diagonal(kernel));
  }
  const bool on_cpu = ctx_.device().name == "cpu";
  const bool by_number = on_cpu && n > whole_matrix_rows && products_norm_ != norm_of(kernel);
  const CentredRows& rows = centred(norm_of(kernel));
  const std::size_t classes = rows_.classes.size();
  const double table_bytes = RowStore::table_bytes(n, classes);
  bool by_class = classes > 2 && table_bytes <= largest_table * row_bytes * double(n);
  if (!by_number && held() + solver_bytes + row_bytes * double(n) <= memory_limit_) {
    Matrix matrix = whole_matrix(kernel, progress);
    if (!on_cpu || n <= whole_matrix_rows)
      return std::make_unique<RowStore>(ctx_, std::move(matrix), diagonal(kernel));
    return std::make_unique<RowStore>(ctx_, std::move(matrix), diagonal(kernel), rows_.classes,
                                      by_class);
  }

  const double packed_bytes = rows.packed ? 0.0 : 4.0 * double(n) * padded(x_.cols());
  const double room = memory_limit_ - held() - solver_bytes - packed_bytes;
  const std::int64_t least = std::min(n, least_row_cache);
  if (room < row_bytes * double(least))
    refuse(solver_bytes + packed_bytes + row_bytes * double(least),
           fmt::format("{} rows of the kernel matrix", least));
  const auto capacity = std::int64_t(std::min(room / row_bytes, double(n)));
  std::unique_ptr<core::PackedRows>& packed = centred_[std::size_t(norm_of(kernel))]->packed;
  if (!packed) packed = kernel_ops(ctx_).pack(rows.view());
  by_class = by_class && row_bytes * double(n) + table_bytes <= room;
  return std::make_unique<RowStore>(ctx_, constants(kernel), *packed, x_.cols(), diagonal(kernel),
                                    capacity, rows_.classes, by_class);
}

double TrainingSet::held() const {
  const auto size = [](const Matrix& m) { return 4.0 * double(m.rows()) * padded(m.cols()); };
  double bytes = size(products_) + (row_store_ ? row_store_->bytes() : 0.0);
  for (const auto& rows : centred_)
    if (rows) bytes += size(rows->rows) * (rows->packed ? 2.0 : 1.0);
  return bytes;
}

void TrainingSet::plan(double bytes, std::string_view what) const {
  if (held() + bytes > memory_limit_) refuse(bytes, what);
}

void TrainingSet::refuse(double bytes, std::string_view what) const {
  throw OutOfMemory(fmt::format(
      "cannot hold {} for {} rows (needs {:.2f} GiB, {:.2f} GiB may be used) raise --memory or "
      "train on fewer rows",
      what, rows_.rows(), (held() + bytes) / 0x1p30, memory_limit_ / 0x1p30));
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
