#include "algorithms/svm/row_store.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "core/ops/ops.hpp"
#include "core/seconds.hpp"

namespace whiteline::svm {

namespace {

constexpr std::int64_t memory_step = std::int64_t(16) << 20;  // bytes taken at a time, about
// Multiply-adds of one call: about 15 ms of a CPU's thread, or of a GPU.
constexpr double thread_products = 5e8, gpu_products = 3e11;
constexpr std::int64_t least_rows_a_call = 14;
constexpr std::int64_t column_step = 1024;  // where a row of very many columns is cut

std::int64_t call_elements(const Context& ctx, std::int64_t channels) {
  const bool cpu = ctx.device().name == "cpu";
  const double products = cpu ? thread_products * ctx.threads() : gpu_products;
  return std::int64_t(products / double(channels + 32));
}

}  // namespace

std::int64_t rows_a_call(const Context& ctx, std::int64_t columns, std::int64_t channels) {
  return std::max<std::int64_t>(call_elements(ctx, channels) / std::max<std::int64_t>(columns, 1),
                                1);
}

RowStore::RowStore(const Context& ctx, formulas::KernelConstants function,
                   const core::PackedRows& packed, std::int64_t channels,
                   core::Buffer<float> diagonal, std::int64_t capacity,
                   const std::vector<ClassRows>& classes, bool by_class)
    : ctx_(ctx),
      function_(function),
      packed_(&packed),
      channels_(channels),
      capacity_(capacity),
      diagonal_(std::move(diagonal)),
      address_(at(diagonal_.size()), nullptr),
      wanted_at_(address_.size(), 0) {
  lay_out(classes, by_class);
}

RowStore::RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal,
                   const std::vector<ClassRows>& classes, bool by_class)
    : ctx_(ctx), capacity_(matrix.rows()), diagonal_(std::move(diagonal)) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r)
    address_.push_back(matrix.view().data + r * matrix.view().stride);
  wanted_at_.resize(address_.size(), 0);
  lay_out(classes, by_class);
  present_.assign(present_.size(), true);
  values_computed_ = matrix.rows() * matrix.rows();
  memory_.push_back(std::move(matrix));
}

RowStore::RowStore(const Context& ctx, Matrix matrix, core::Buffer<float> diagonal)
    : RowStore(ctx, std::move(matrix), std::move(diagonal), {}, false) {
  all_shown_ = true;
  table_.assign(address_.begin(), address_.end());
  device_table_ = {ctx_, table_};
}

void RowStore::lay_out(const std::vector<ClassRows>& classes, bool by_class) {
  if (by_class) {
    for (const ClassRows& c : classes) parts_.push_back({c.begin, c.begin + c.padded_rows});
    for (std::size_t a = 0; a < parts_.size(); ++a)
      for (std::size_t b = a + 1; b < parts_.size(); ++b) pairs_.push_back({a, b});
  } else {
    parts_ = {{0, rows()}};
    pairs_ = {{0, 0}};
  }
  present_.resize(parts_.size() * address_.size(), false);
  table_.resize(pairs_.size() * address_.size(), nullptr);
  device_table_ = {ctx_, table_};
}

double RowStore::table_bytes(std::int64_t rows, std::size_t classes) {
  return double(classes * (classes - 1) / 2) * 2.0 * double(sizeof(float*)) * double(rows);
}

double RowStore::bytes() const {
  double sum = 2.0 * double(table_.size() * sizeof(float*));
  for (const Matrix& m : memory_) sum += 4.0 * double(m.rows()) * double(m.view().stride);
  return sum;
}

std::int64_t RowStore::rows_computed() const {
  return rows() > 0 ? (values_computed_ + rows() - 1) / rows() : 0;
}

std::int64_t RowStore::short_of(std::int64_t wanted) const {
  return std::max<std::int64_t>(wanted - std::ssize(free_slots_) - (capacity_ - slots_), 0);
}

std::int64_t RowStore::table_of(const formulas::BinaryProblem& problem) const {
  if (pairs_.size() == 1) return 0;
  const auto pair = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& p) {
    return parts_[p.first].begin == problem.first_begin &&
           parts_[p.second].begin == problem.second_begin;
  });
  return (pair - pairs_.begin()) * rows();
}

core::KernelRows RowStore::table() {
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    if (!std::exchange(pairs_[p].stale, false)) continue;
    for (const std::size_t part : {pairs_[p].first, pairs_[p].second}) {
      const auto first = std::int64_t(p) * rows() + parts_[part].begin;
      device_table_.write(first, std::span(table_).subspan(at(first), at(parts_[part].size())));
    }
  }
  return {std::as_const(device_table_).span(), std::as_const(diagonal_).span()};
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
  for (auto victim = victims.begin(); victim != end; ++victim) forget(victim->row);
}

// Only where there is one part.
void RowStore::forget(std::size_t row) {
  free_slots_.push_back(std::exchange(address_[row], nullptr));
  present_[row] = false;
  table_[row] = nullptr;
  pairs_.front().stale = true;
}

void RowStore::hide() {
  if (all_shown_) return;
  std::fill(table_.begin(), table_.end(), nullptr);
  for (Pair& pair : pairs_) pair.stale = true;
}

void RowStore::show(const WantedRow& want) {
  table_[at(want.table + want.row)] = address_[at(want.row)];
  pairs_[at(want.table / rows())].stale = true;
}

void RowStore::compute(std::size_t part, const std::vector<std::int32_t>& rows,
                       const std::function<void()>& between) {
  if (rows.empty()) return;
  auto& ops = core::need(ctx_.queue().ops().kernel_matrix, "kernel_matrix");
  const core::IndexRange columns = parts_[part];
  const std::int64_t step =
      std::max(rows_a_call(ctx_, columns.size(), channels_), least_rows_a_call);
  const std::int64_t wide =
      std::max(call_elements(ctx_, channels_) / step / column_step, std::int64_t(1)) * column_step;
  const core::Buffer<std::int32_t> numbers(ctx_, rows);
  std::vector<float*> to;
  for (const std::int32_t row : rows) to.push_back(address_[at(row)]);
  core::Buffer<float*> addresses(ctx_, to);
  for (std::int64_t first = 0; first < numbers.size(); first += step) {
    const std::int64_t count = std::min(step, numbers.size() - first);
    for (std::int64_t begin = columns.begin; begin < columns.end; begin += wide) {
      const core::IndexRange some{begin, std::min(begin + wide, columns.end)};
      ops.kernel_rows(function_, *packed_, numbers.span().part(first, count), some,
                      {addresses.span().data + first, count});
      values_computed_ += count * some.size();
      if (some.end == columns.end)
        for (std::int64_t i = first; i < first + count; ++i)
          present_[part * address_.size() + at(rows[at(i)])] = true;
      if (between) between();
    }
  }
}

void RowStore::fetch(std::span<const WantedRow> wanted, const std::vector<bool>& keep,
                     const std::function<void()>& between) {
  const auto start = std::chrono::steady_clock::now();
  ++calls_;
  std::vector<std::vector<std::int32_t>> missing(parts_.size());
  std::vector<std::int32_t> homeless;
  for (const WantedRow& want : wanted) {
    if (wanted_at_[at(want.row)] < calls_ && !address_[at(want.row)]) homeless.push_back(want.row);
    wanted_at_[at(want.row)] = calls_;
    const Pair& pair = pairs_[at(want.table / rows())];
    for (const std::size_t part : {pair.first, pair.second})
      if (!has(part, want.row)) missing[part].push_back(want.row);
  }
  make_room(std::ssize(homeless), keep);
  for (const std::int32_t row : homeless) {
    address_[at(row)] = free_slots_.back();
    free_slots_.pop_back();
  }
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    std::sort(missing[part].begin(), missing[part].end());
    const auto end = std::unique(missing[part].begin(), missing[part].end());
    missing[part].erase(end, missing[part].end());
    compute(part, missing[part], between);
  }
  for (const WantedRow& want : wanted) show(want);
  seconds_ += core::seconds_since(start);
}

}  // namespace whiteline::svm
