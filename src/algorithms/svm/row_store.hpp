// Rows of one kernel's matrix, computed when they are wanted: whole, or only the columns of those
// classes whose pairs want them. A pair sees the rows it asked for, whatever others or earlier
// solutions left behind, so that its solution depends on nothing else; but where the rows do not
// all fit, on which of them fit.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "algorithms/svm/rows.hpp"
#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "core/ops/smo.hpp"

namespace whiteline::svm {

// Row `row` of the kernel matrix, in the columns of the problems that have this table.
struct WantedRow {
  std::int32_t row;
  std::int64_t table;  // formulas::BinaryProblem::table

  auto operator<=>(const WantedRow&) const = default;
};

// Rows of so many columns and channels that one call computes: about 15 ms of work.
std::int64_t rows_a_call(const Context& ctx, std::int64_t columns, std::int64_t channels);

class WHITELINE_EXPORT RowStore {
 public:
  // Holds up to `capacity` rows of the matrix of `function` on the packed rows, which must outlive
  // this: fetch() computes them. With `by_class`, rows are computed class by class of columns, and
  // each pair of `classes` has a table of its own; then all rows have to fit.
  RowStore(const Context& ctx, formulas::KernelConstants function, const core::PackedRows& packed,
           std::int64_t channels, core::Buffer<float> diagonal, std::int64_t capacity,
           const std::vector<ClassRows>& classes, bool by_class);
  // Holds all rows from the start, and shows them to all pairs.
  RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal);
  // Holds all rows from the start, but shows them as if they were computed when wanted.
  RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal,
           const std::vector<ClassRows>& classes, bool by_class);

  // Memory of the tables of all pairs of classes.
  static double table_bytes(std::int64_t rows, std::size_t classes);

  std::int64_t rows() const { return std::int64_t(address_.size()); }  // of the matrix
  std::int64_t capacity() const { return capacity_; }
  bool ever_forgets() const { return capacity_ < rows(); }
  std::int64_t rows_computed() const;          // parts add up; those computed again count again
  double seconds() const { return seconds_; }  // spent on computing them
  double bytes() const;                        // taken now

  // Where the problem's rows are in table().
  std::int64_t table_of(const formulas::BinaryProblem& problem) const;
  // Of the rows that are shown now.
  core::KernelRows table();
  // Shows no row until it is fetched again, unless all rows always are.
  void hide();

  // Shows `wanted`, and computes what is not there of it: at most capacity / 4 rows where some are
  // ever forgotten. Where there is no room, rows are given back: of those not wanted by this call
  // or the one before, first the ones `keep` does not name, then those wanted longest ago, then the
  // lowest. `keep` has a number a row, or none. Calls `between` at least every 25 ms of work.
  void fetch(std::span<const WantedRow> wanted, const std::vector<bool>& keep,
             const std::function<void()>& between);

  // How many rows fetch() would have to give back for `wanted` more.
  std::int64_t short_of(std::int64_t wanted) const;

 private:
  // Two of parts_, maybe the same one twice.
  struct Pair {
    std::size_t first, second;
    bool stale = false;  // the device's table is not as ours
  };

  bool has(std::size_t part, std::int32_t row) const {
    return present_[part * address_.size() + at(row)];
  }
  void lay_out(const std::vector<ClassRows>& classes, bool by_class);
  void make_room(std::int64_t wanted, const std::vector<bool>& keep);
  void add_slots(std::int64_t wanted);
  void compute(std::size_t part, const std::vector<std::int32_t>& rows,
               const std::function<void()>& between);
  void show(const WantedRow& want);
  void forget(std::size_t row);

  Context ctx_;
  formulas::KernelConstants function_{};
  const core::PackedRows* packed_ = nullptr;
  std::int64_t channels_ = 0, capacity_;
  core::Buffer<float> diagonal_;
  std::vector<Matrix> memory_;
  std::vector<float*> address_;          // of each row's memory; null: none
  std::vector<core::IndexRange> parts_;  // of the columns
  std::vector<bool> present_;            // part by part: has the row been computed there?
  std::vector<Pair> pairs_;              // a table each
  std::vector<const float*> table_;      // pair by pair, by row; null unless shown
  bool all_shown_ = false;
  core::Buffer<const float*> device_table_;
  std::vector<std::int64_t> wanted_at_;  // the call of fetch() that last wanted the row
  std::vector<float*> free_slots_;
  std::int64_t slots_ = 0, calls_ = 0, values_computed_ = 0;
  double seconds_ = 0.0;
};

}  // namespace whiteline::svm
