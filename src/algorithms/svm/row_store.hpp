// Rows of one kernel's matrix, computed when they are wanted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "core/ops/smo.hpp"

namespace whiteline::svm {

class RowStore {
 public:
  // Holds up to `capacity` rows of the matrix of `function` on the packed rows, which must outlive
  // this: fetch() computes them.
  RowStore(const Context& ctx, formulas::KernelConstants function, const core::PackedRows& packed,
           std::int64_t channels, core::Buffer<float> diagonal, std::int64_t capacity);
  // Holds all rows from the start.
  RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal);

  std::int64_t rows() const { return std::int64_t(address_.size()); }  // of the matrix
  std::int64_t capacity() const { return capacity_; }
  bool ever_forgets() const { return capacity_ < rows(); }
  bool has(std::int32_t row) const { return address_[std::size_t(row)] != nullptr; }
  std::int64_t rows_computed() const { return computed_; }  // those computed again count again
  double seconds() const { return seconds_; }               // spent on computing them
  double bytes() const;                                     // taken now

  // Of the rows that are there now.
  core::KernelRows table();

  // Computes those of `wanted` that are not there: at most capacity / 4. Where there is no room,
  // rows are given back: of those not wanted by this call or the one before, first the ones `keep`
  // does not name, then those wanted longest ago, then the lowest. `keep` has a number a row, or
  // none. Calls `between` at least every 25 ms of work.
  void fetch(std::span<const std::int32_t> wanted, const std::vector<bool>& keep,
             const std::function<void()>& between);

  // How many rows fetch() would have to give back for `wanted` more.
  std::int64_t short_of(std::int64_t wanted) const;

 private:
  void make_room(std::int64_t wanted, const std::vector<bool>& keep);
  void add_slots(std::int64_t wanted);

  Context ctx_;
  formulas::KernelConstants function_{};
  const core::PackedRows* packed_ = nullptr;
  std::int64_t channels_ = 0, capacity_;
  core::Buffer<float> diagonal_;
  std::vector<Matrix> memory_;
  std::vector<float*> address_;          // of each row; null: not there
  std::vector<std::int64_t> wanted_at_;  // the call of fetch() that last wanted the row
  std::vector<float*> free_slots_;
  std::int64_t slots_ = 0;
  core::Buffer<const float*> table_;
  bool table_is_stale_ = true;
  std::int64_t calls_ = 0, computed_ = 0;
  double seconds_ = 0.0;
};

}  // namespace whiteline::svm
