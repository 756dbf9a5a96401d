// A training set, and what was computed from it so far.
#pragma once

#include <whiteline/svm.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "algorithms/svm/row_store.hpp"
#include "algorithms/svm/rows.hpp"
#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"

namespace whiteline::svm {

double squared_norm(std::span<const float> vector);

// Floats that a row of so many columns takes in memory.
inline double padded(std::int64_t columns) { return double((columns + 15) / 16 * 16); }

// Kernels of rows as they are, or of rows divided by their norms (cosine).
enum class Norm { as_given, unit };
inline Norm norm_of(const Kernel& kernel) {
  return kernel.type == KernelType::cosine ? Norm::unit : Norm::as_given;
}

// All kernel rows under one norm, minus their mean; padding rows are zeros.
struct CentredRows {
  Matrix rows;
  core::Buffer<float> squared_norm, mean_dot;
  std::vector<float> mean;                   // of the rows without padding
  std::unique_ptr<core::PackedRows> packed;  // made when rows by number are first asked for

  core::PreparedRows view() const { return {rows.view(), squared_norm.span(), mean_dot.span()}; }
};

constexpr std::int64_t least_row_cache = 512;  // rows, or all there are

// What SvmData holds. Everything beyond the sorted rows is made when first asked for, and kept.
// Not for two threads at a time.
class WHITELINE_EXPORT TrainingSet {
 public:
  // Checks labels, weights and the numbers of x, which must outlive this. Throws InvalidArgument.
  TrainingSet(const Context& ctx, const Matrix& x, std::span<const std::int32_t> labels,
              std::span<const double> sample_weight);

  const Context& context() const { return ctx_; }
  const Matrix& x() const { return x_; }
  const SortedRows& rows() const { return rows_; }
  std::int64_t kernel_rows() const { return rows_.kernel_rows(); }
  std::int64_t zero_norm_rows() const;  // without padding

  // The kernel with gamma as a number, of the rows with positive weight. Throws InvalidArgument
  // where its values would exceed kernels::largest_value, and where x is no matrix of a precomputed
  // kernel.
  Kernel resolved(const Kernel& kernel);

  const CentredRows& centred(Norm norm);
  // Of a resolved kernel; its dot products are those of centred(norm_of(kernel)).
  formulas::KernelConstants constants(const Kernel& kernel);
  // kernel(r, r) of each kernel row, from the float64 norms: it waits for no row of the matrix.
  core::Buffer<float> diagonal(const Kernel& kernel);

  // Dot products of all centred rows, kernel rows x kernel rows: KernelMatrixOps::transform makes
  // any kernel of this norm from them. The other norm's are given back.
  ConstMatrixView products(Norm norm, const Progress& progress);

  // The whole matrix of a resolved kernel, from products() where those of its norm are there. Calls
  // `between(rows)` after so many rows, at least every 25 ms of work.
  void compute(const Kernel& kernel, const std::function<void(std::int64_t)>& between,
               MatrixView out);

  // kernel rows x kernel rows, for compute(). Its memory is touched part by part: a system that
  // clears all of it at once would take longer than a callback may wait for `between`.
  Matrix fresh_matrix(const std::function<void()>& between) const;

  // Rows of the matrix of a resolved kernel; kept until another kernel is asked for.
  // `solver_numbers`: rows of all problems to be solved on them, for the memory plan. A GPU
  // computes the whole matrix at once, where there is room; a CPU the rows that are asked for.
  // Throws OutOfMemory where there is no room for least_row_cache rows.
  RowStore& row_store(const Kernel& kernel, std::int64_t solver_numbers, const Progress& progress);
  bool has_row_store(const Kernel& kernel, std::int64_t solver_numbers) const;  // made already

  // Rows of x as they are, on the host.
  std::vector<float> gather(const std::vector<std::int32_t>& rows) const;

  // Throws OutOfMemory where `bytes` more than what is held now would pass the context's limit;
  // `what` completes "cannot hold ...".
  void plan(double bytes, std::string_view what) const;

 private:
  double variance();
  double held() const;  // bytes
  [[noreturn]] void refuse(double bytes, std::string_view what) const;
  Matrix whole_matrix(const Kernel& kernel, const Progress& progress);
  std::unique_ptr<RowStore> make_row_store(const Kernel& kernel, double solver_bytes,
                                           const Progress& progress);

  Context ctx_;
  const Matrix& x_;
  double memory_limit_;
  SortedRows rows_;
  std::vector<double> squared_norms_;  // of the rows of x
  std::optional<double> variance_;
  std::vector<float> given_diagonal_;  // of a precomputed kernel, by row of x; once it was checked
  std::array<std::optional<CentredRows>, 2> centred_;  // by Norm
  std::optional<Norm> products_norm_;
  Matrix products_;
  std::optional<Kernel> stored_kernel_;
  std::unique_ptr<RowStore> row_store_;
};

// The training set of `data`. Throws InvalidArgument unless it was made on ctx's queue.
TrainingSet& training_set(const Context& ctx, const SvmData& data);

}  // namespace whiteline::svm
