// What a training set keeps of a kernel's matrix, and the memory it plans for that.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "algorithms/svm/data.hpp"
#include "core/memory_plan.hpp"
#include "core/ops/ops.hpp"

namespace whiteline::svm {

namespace {

// Smaller matrices are computed whole: asking for rows would take longer.
constexpr std::int64_t whole_matrix_rows = 512;
constexpr std::int64_t touched_bytes = std::int64_t(8) << 20;  // of fresh memory at a time
constexpr double largest_table = 0.25;  // of rows by class of columns, share of the matrix's memory

}  // namespace

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
  const auto tell = [&](std::int64_t done) {
    report(progress, "prepare", std::uint64_t(done), std::uint64_t(n));
  };
  tell(0);
  const CentredRows& rows = centred(norm_of(kernel));
  tell(n);
  const std::size_t classes = rows_.classes.size();
  const double table_bytes = RowStore::table_bytes(n, classes);
  bool by_class = classes > 2 && table_bytes <= largest_table * row_bytes * double(n);
  if (!by_number && held() + solver_bytes + row_bytes * double(n) <= memory_limit_) {
    by_class =
        by_class && held() + solver_bytes + row_bytes * double(n) + table_bytes <= memory_limit_;
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
  if (!packed)
    packed = core::need(ctx_.queue().ops().kernel_matrix, "kernel_matrix").pack(rows.view());
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
  core::refuse_memory(held() + bytes, memory_limit_,
                      fmt::format("hold {} for {} rows", what, rows_.rows()),
                      "raise --memory or train on fewer rows");
}

}  // namespace whiteline::svm
