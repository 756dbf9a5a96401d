#include "algorithms/svm/row_store.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "core/ops/ops.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t memory_step = std::int64_t(16) << 20;  // bytes taken at a time, about
constexpr double call_products = 5e8;  // multiply-adds of one call, about 15 ms of one thread
constexpr std::int64_t least_rows_a_call = 14;

}  // namespace

RowStore::RowStore(const Context& ctx, formulas::KernelConstants function,
                   const core::PackedRows& packed, std::int64_t channels,
                   core::Buffer<float> diagonal, std::int64_t capacity)
    : ctx_(ctx),
      function_(function),
      packed_(&packed),
      channels_(channels),
      capacity_(capacity),
      diagonal_(std::move(diagonal)),
      address_(std::size_t(diagonal_.size()), nullptr),
      wanted_at_(address_.size(), 0) {}

RowStore::RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal)
    : ctx_(ctx), capacity_(matrix.rows()), diagonal_(std::move(diagonal)) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r)
    address_.push_back(matrix.view().data + r * matrix.view().stride);
  wanted_at_.resize(address_.size(), 0);
  computed_ = matrix.rows();
  memory_.push_back(std::move(matrix));
}

double RowStore::bytes() const {
  double sum = 0.0;
  for (const Matrix& m : memory_) sum += 4.0 * double(m.rows()) * double(m.view().stride);
  return sum;
}

std::int64_t RowStore::short_of(std::int64_t wanted) const {
  return std::max<std::int64_t>(wanted - std::ssize(free_slots_) - (capacity_ - slots_), 0);
}

core::KernelRows RowStore::table() {
  if (table_is_stale_) table_ = {ctx_, std::vector<const float*>(address_.begin(), address_.end())};
  table_is_stale_ = false;
  return {std::as_const(table_).span(), std::as_const(diagonal_).span()};
}

void RowStore::add_slots(std::int64_t wanted) {
  const std::int64_t step = std::max<std::int64_t>(memory_step / (4 * rows()), 1);
  const std::int64_t count = std::min(std::max(wanted, step), capacity_ - slots_);
  if (count <= 0) return;
  memory_.emplace_back(ctx_, count, rows());
  const MatrixView slab = memory_.back().view();
  for (std::int64_t i = count; i-- > 0;) free_slots_.push_back(slab.data + i * slab.stride);
  slots_ += count;
}

void RowStore::make_room(std::int64_t wanted, const std::vector<bool>& keep) {
  if (wanted > std::ssize(free_slots_)) add_slots(wanted - std::ssize(free_slots_));
  const std::int64_t missing = wanted - std::ssize(free_slots_);
  if (missing <= 0) return;
  struct Victim {
    bool kept;
    std::int64_t wanted_at;
    std::size_t row;
    bool operator<(const Victim& other) const {
      return std::tie(kept, wanted_at, row) < std::tie(other.kept, other.wanted_at, other.row);
    }
  };
  std::vector<Victim> victims;
  for (std::size_t row = 0; row < address_.size(); ++row)
    if (address_[row] && wanted_at_[row] + 1 < calls_)
      victims.push_back({!keep.empty() && keep[row], wanted_at_[row], row});
  const auto end = victims.begin() + std::min<std::ptrdiff_t>(missing, std::ssize(victims));
  std::partial_sort(victims.begin(), end, victims.end());
  for (auto victim = victims.begin(); victim != end; ++victim)
    free_slots_.push_back(std::exchange(address_[victim->row], nullptr));
  table_is_stale_ = true;
}

void RowStore::fetch(std::span<const std::int32_t> wanted, const std::vector<bool>& keep,
                     const std::function<void()>& between) {
  const auto start = std::chrono::steady_clock::now();
  ++calls_;
  std::vector<std::int32_t> missing;
  for (std::int32_t row : wanted) {
    if (!has(row) && wanted_at_[std::size_t(row)] < calls_) missing.push_back(row);
    wanted_at_[std::size_t(row)] = calls_;
  }
  if (missing.empty()) return;
  make_room(std::ssize(missing), keep);
  auto& ops = core::need(ctx_.queue().ops().kernel_matrix, "kernel_matrix");
  const core::Buffer<std::int32_t> numbers(ctx_, missing);
  const double row_products = double(rows()) * double(channels_ + 32);
  const auto step = std::max<std::int64_t>(
      std::int64_t(call_products * ctx_.threads() / row_products), least_rows_a_call);
  for (std::int64_t first = 0; first < numbers.size(); first += step) {
    const std::int64_t count = std::min(step, numbers.size() - first);
    const std::vector<float*> to(free_slots_.end() - count, free_slots_.end());
    core::Buffer<float*> addresses(ctx_, to);
    ops.kernel_rows(function_, *packed_, numbers.span().part(first, count),
                    {addresses.span().data, count});
    free_slots_.resize(free_slots_.size() - to.size());
    for (std::size_t i = 0; i < to.size(); ++i)
      address_[std::size_t(missing[std::size_t(first) + i])] = to[i];
    computed_ += count;
    table_is_stale_ = true;
    if (between) between();
  }
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace whiteline::svm
