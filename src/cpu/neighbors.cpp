#include "core/ops/neighbors.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/near_lists.hpp"
#include "cpu/panels.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

using formulas::key_row;

constexpr std::int64_t rows_a_chunk = 16, panels_a_chunk = 4;
constexpr std::int64_t rows_a_block = 128;
constexpr std::size_t largest_tile = 16 * 64;

// Leaves the `count` smallest, in no order.
void keep_least(std::vector<std::uint64_t>& keys, std::int64_t count) {
  assert(std::ssize(keys) >= count && count >= 1);
  if (std::ssize(keys) == count) return;
  std::nth_element(keys.begin(), keys.begin() + (count - 1), keys.end());
  keys.resize(std::size_t(count));
}

// The `count` smallest, ascending.
void write_least(std::vector<std::uint64_t>& keys, std::int64_t count, std::uint64_t* to) {
  keep_least(keys, count);
  std::sort(keys.begin(), keys.end());
  std::copy(keys.begin(), keys.end(), to);
}

// What one thread has found; threads take one of several in turn.
struct Finder {
  NearLists lists;
  std::vector<NearPair> pairs;
};

class CpuNearestPass final : public core::NearestPass {
 public:
  CpuNearestPass(core::ThreadPool& pool, const core::PreparedRows& left,
                 const core::PreparedRows& right, std::int64_t count)
      : pool_(pool),
        kernels_(vector_kernels()),
        left_(left),
        panels_(pool, kernels_, right),
        count_(count),
        row_shift_(core::common_row_shift(left.rows, right.rows)),
        one_set_(left.rows.data == right.rows.data && left.rows.rows == right.rows.rows) {}

  void advance(std::int64_t begin, std::int64_t end) override {
    const Packed rows = pack(begin, end);
    const std::int64_t first = one_set_ ? begin / kernels_.tile_columns : 0;
    core::parallel_for(pool_, panels_.panels() - first, panels_a_chunk,
                       [&](std::int64_t from, std::int64_t to) {
                         Finder* const finder = borrow();
                         for (std::int64_t panel = first + from; panel < first + to; ++panel)
                           compare(rows, panel, *finder);
                         give_back(finder);
                       });
  }

  void finish(core::DeviceSpan<std::int32_t> near, core::DeviceSpan<float> bounds) override {
    assert(near.size == left_.rows.rows * count_ && bounds.size == left_.rows.rows);
    core::parallel_for(
        pool_, left_.rows.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
          std::vector<std::uint64_t> all;
          for (std::int64_t row = begin; row < end; ++row) {
            all.clear();
            for (const auto& finder : finders_) {
              const auto part = finder->lists.of(row);
              all.insert(all.end(), part.begin(), part.end());
            }
            keep_least(all, count_);
            bounds.data[row] = formulas::key_distance(*std::max_element(all.begin(), all.end()));
            std::int32_t* const to = near.data + row * count_;
            std::transform(all.begin(), all.end(), to, key_row);
            std::sort(to, to + count_);
          }
        });
  }

 private:
  // Rows [begin, end) of the left side as groups of tile_rows, [group][channel][row].
  struct Packed {
    std::int64_t begin, end, groups;
    const float* numbers;
  };

  Packed pack(std::int64_t begin, std::int64_t end) {
    const std::int64_t height = kernels_.tile_rows, depth = left_.rows.cols;
    const std::int64_t groups = (end - begin + height - 1) / height;
    float* const to = packed_.at_least(groups * height * depth + VectorKernels::pack_slack);
    const Factor factor{left_.rows.data, left_.rows.stride, 1};
    for (std::int64_t group = 0; group < groups; ++group) {
      const std::int64_t row = begin + group * height;
      const int count = int(std::min(height, end - row));
      kernels_.pack(factor.some_rows(row), count, count, depth, to + group * height * depth);
    }
    return {begin, end, groups, to};
  }

  void compare(const Packed& rows, std::int64_t panel, Finder& finder) {
    const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
    const std::int64_t depth = left_.rows.cols, column = panel * width;
    const int columns = int(std::min(width, panels_.rows().rows.rows - column));
    const float* const limits = finder.lists.limits();
    const NearSides sides{left_.squared_norm.data, panels_.rows().squared_norm.data, limits,
                          one_set_ ? limits : nullptr, row_shift_};
    alignas(64) float totals[largest_tile];
    for (std::int64_t group = 0; group < rows.groups; ++group) {
      const std::int64_t row = rows.begin + group * height;
      const int count = int(std::min(height, rows.end - row));
      if (one_set_ && column + columns <= row + 1) continue;
      kernels_.accumulate(count, rows.numbers + group * height * depth, panels_.panel(panel), depth,
                          false, totals);
      const int near =
          kernels_.near_pairs({row, column, count, columns, totals}, sides, finder.pairs.data());
      for (int i = 0; i < near; ++i) {
        const NearPair& pair = finder.pairs[std::size_t(i)];
        finder.lists.add(pair.row, pair.squared_distance, pair.column);
        if (one_set_) finder.lists.add(pair.column, pair.squared_distance, pair.row);
      }
    }
  }

  Finder* borrow() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      finders_.push_back(std::make_unique<Finder>(
          Finder{NearLists(left_.rows.rows, count_), std::vector<NearPair>(largest_tile)}));
      return finders_.back().get();
    }
    Finder* const finder = free_.back();
    free_.pop_back();
    return finder;
  }
  void give_back(Finder* finder) {
    const std::lock_guard lock(mutex_);
    free_.push_back(finder);
  }

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
  core::PreparedRows left_;
  Panels panels_;  // of the right side
  Scratch packed_;
  std::int64_t count_, row_shift_;
  bool one_set_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Finder>> finders_;  // at most one a thread
  std::vector<Finder*> free_;
};

class CpuNeighbors final : public core::NeighborOps {
 public:
  explicit CpuNeighbors(core::ThreadPool& pool) : pool_(pool), kernels_(vector_kernels()) {}

  void centre_rows(ConstMatrixView x, MatrixView out) override {
    core::parallel_for(pool_, x.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const float* const from = x.data + row * x.stride;
        float* const to = out.data + row * out.stride;
        const double mean =
            x.cols > 0 ? kernels_.row_sum(RowSum::values, from, x.cols) / double(x.cols) : 0.0;
        const double squares = kernels_.squared_differences(from, x.cols, mean);
        if (formulas::is_constant(squares, mean, x.cols))
          std::fill(to, to + x.cols, 0.0f);
        else
          for (std::int64_t c = 0; c < x.cols; ++c) to[c] = float(double(from[c]) - mean);
      }
    });
  }

  std::unique_ptr<core::NearestPass> nearest(const core::PreparedRows& left,
                                             const core::PreparedRows& right,
                                             std::int64_t count) override {
    return std::make_unique<CpuNearestPass>(pool_, left, right, count);
  }

  // Blocks of both sides stay in a cache while their pairs are compared.
  void rank(ConstMatrixView left, ConstMatrixView right,
            core::DeviceSpan<const std::int32_t> candidates, std::int64_t count, std::int64_t k,
            core::DeviceSpan<std::uint64_t> out) override {
    assert(candidates.size == left.rows * count && out.size == left.rows * k && k <= count);
    core::parallel_for(pool_, left.rows, rows_a_block, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::vector<std::uint64_t>> keys(std::size_t(end - begin));
      for (std::int64_t block = 0; block < right.rows; block += rows_a_block)
        for (std::int64_t row = begin; row < end; ++row) {
          std::vector<std::uint64_t>& own = keys[std::size_t(row - begin)];
          const std::int32_t* const other = candidates.data + row * count;
          while (std::ssize(own) < count && other[own.size()] < block + rows_a_block)
            own.push_back(key(left, row, right, other[own.size()]));
        }
      for (std::int64_t row = begin; row < end; ++row)
        write_least(keys[std::size_t(row - begin)], k, out.data + row * k);
    });
  }

  void rank_all(ConstMatrixView left, ConstMatrixView right, std::int64_t row_shift,
                core::DeviceSpan<const std::int32_t> which, std::int64_t k,
                core::DeviceSpan<std::uint64_t> out) override {
    pool_.run(which.size, [&](std::int64_t i) {
      const std::int64_t row = which.data[i];
      std::vector<std::uint64_t> keys;
      for (std::int64_t other = 0; other < right.rows; ++other)
        if (other != row + row_shift) keys.push_back(key(left, row, right, std::int32_t(other)));
      write_least(keys, k, out.data + row * k);
    });
  }

 private:
  std::uint64_t key(ConstMatrixView left, std::int64_t row, ConstMatrixView right,
                    std::int32_t other) const {
    return formulas::near_key(
        kernels_.squared_distance(left.data + row * left.stride, right.data + other * right.stride,
                                  left.cols),
        other);
  }

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
};

}  // namespace

std::unique_ptr<core::NeighborOps> make_neighbors(core::ThreadPool& pool) {
  return std::make_unique<CpuNeighbors>(pool);
}

}  // namespace whiteline::cpu
