#include "core/ops/neighbors.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/nearest_pass.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

constexpr std::int64_t rows_a_chunk = 16, rows_a_block = 128, rows_at_once = 16;
constexpr std::int64_t block_bytes = 512 * 1024;  // of rows that many are compared with: a cache
constexpr std::uint64_t no_key = ~std::uint64_t(0);

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

  std::unique_ptr<core::NearestPass> nearest(const core::NearestJob& job) override {
    return std::make_unique<CpuNearestPass>(pool_, job);
  }

  // Blocks of the right side stay in a cache while rows are compared with them.
  void rank(ConstMatrixView left, ConstMatrixView right,
            core::DeviceSpan<const std::int32_t> candidates,
            core::DeviceSpan<const std::int32_t> counts, std::int64_t most, std::int64_t k,
            core::DeviceSpan<std::uint64_t> out) override {
    assert(counts.size == left.rows && candidates.size == left.rows * most &&
           out.size == left.rows * k);
    const std::int64_t block = rows_in_a_cache(right);
    core::parallel_for(pool_, left.rows, rows_a_block, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::int64_t> done(std::size_t(end - begin), 0);
      std::vector<float> distances(std::size_t((end - begin) * most));
      for (std::int64_t first = 0; first < right.rows; first += block)
        for (std::int64_t row = begin; row < end; ++row) {
          std::int64_t& from = done[std::size_t(row - begin)];
          const std::int32_t* const others = candidates.data + row * most;
          std::int64_t to = from;
          while (to < counts.data[row] && others[to] < first + block) ++to;
          compare(left, row, right, others + from, to - from,
                  &distances[std::size_t((row - begin) * most + from)]);
          from = to;
        }
      KeySorter sorter(kernels_);
      for (std::int64_t row = begin; row < end; ++row)
        if (counts.data[row] >= k)
          write_least(sorter, &distances[std::size_t((row - begin) * most)],
                      candidates.data + row * most, counts.data[row], -1, k, out.data + row * k);
    });
  }

  void rank_all(ConstMatrixView left, ConstMatrixView right, std::int64_t row_shift,
                core::DeviceSpan<const std::int32_t> which, std::int64_t k,
                core::DeviceSpan<std::uint64_t> out) override {
    const std::int64_t block = rows_in_a_cache(right);
    core::parallel_for(pool_, which.size, rows_at_once, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::int32_t> all(static_cast<std::size_t>(right.rows));
      std::iota(all.begin(), all.end(), 0);
      std::vector<float> distances(std::size_t((end - begin) * right.rows));
      for (std::int64_t first = 0; first < right.rows; first += block)
        for (std::int64_t i = begin; i < end; ++i)
          compare(left, which.data[i], right, all.data() + first,
                  std::min(block, right.rows - first),
                  &distances[std::size_t((i - begin) * right.rows + first)]);
      KeySorter sorter(kernels_);
      for (std::int64_t i = begin; i < end; ++i)
        write_least(sorter, &distances[std::size_t((i - begin) * right.rows)], all.data(),
                    right.rows, which.data[i] + row_shift, k, out.data + which.data[i] * k);
    });
  }

  // Rows whose core distances alone are too far are not compared.
  void nearest_outside(const core::GroupedRows& left, const core::GroupedRows& right,
                       core::ReachScale scale, core::DeviceSpan<const float> limits,
                       core::DeviceSpan<std::uint64_t> out) override {
    core::parallel_for(
        pool_, left.rows.rows, rows_a_chunk, [&](std::int64_t begin, std::int64_t end) {
          std::fill(out.data + begin, out.data + end, no_key);
          for (std::int64_t block = 0; block < right.rows.rows; block += rows_a_block) {
            const std::int64_t last = std::min(block + rows_a_block, right.rows.rows);
            for (std::int64_t row = begin; row < end; ++row)
              out.data[row] =
                  std::min(out.data[row],
                           nearest_of_block(left, row, right, {block, last}, scale,
                                            std::min(limits.data[row], key_reach(out.data[row]))));
          }
        });
  }

 private:
  static std::int64_t rows_in_a_cache(ConstMatrixView rows) {
    const std::int64_t row_bytes = rows.stride * std::int64_t(sizeof(float));
    return std::max<std::int64_t>(block_bytes / std::max<std::int64_t>(row_bytes, 1), 1);
  }

  void compare(ConstMatrixView left, std::int64_t row, ConstMatrixView right,
               const std::int32_t* others, std::int64_t count, float* distances) const {
    kernels_.squared_distances(left.data + row * left.stride, right.data, right.stride, others,
                               count, left.cols, distances);
  }

  // The k smallest keys of `others`, which ascend, without `left_out`.
  static void write_least(KeySorter& sorter, const float* distances, const std::int32_t* others,
                          std::int64_t count, std::int64_t left_out, std::int64_t k,
                          std::uint64_t* to) {
    std::vector<std::uint64_t> keys;
    keys.reserve(std::size_t(count));
    for (std::int64_t i = 0; i < count; ++i)
      if (others[i] != left_out) keys.push_back(formulas::near_key(distances[i], others[i]));
    sorter.keep_least(keys, k);
    std::copy(keys.begin(), keys.end(), to);
  }

  // What it is below, for a key that may be none.
  static float key_reach(std::uint64_t key) {
    return key == no_key ? std::numeric_limits<float>::infinity() : formulas::key_distance(key);
  }

  std::uint64_t nearest_of_block(const core::GroupedRows& left, std::int64_t row,
                                 const core::GroupedRows& right, core::IndexRange block,
                                 core::ReachScale scale, float limit) const {
    std::uint64_t best = no_key;
    const float core = left.core.data[row];
    if (core >= limit) return best;
    std::int32_t others[rows_a_block] = {};
    std::int64_t count = 0;
    for (std::int64_t other = block.begin; other < block.end; ++other)
      if (right.core.data[other] < limit && right.group.data[other] != left.group.data[row])
        others[count++] = std::int32_t(other);
    float squared_distances[rows_a_block] = {};
    compare(left.rows, row, right.rows, others, count, squared_distances);
    for (std::int64_t i = 0; i < count; ++i) {
      const float reach = formulas::mutual_reachability(
          core, right.core.data[others[i]],
          formulas::distance_of(squared_distances[i], scale.directions), scale.alpha);
      if (reach < limit) best = std::min(best, formulas::near_key(reach, others[i]));
    }
    return best;
  }

  core::ThreadPool& pool_;
  const VectorKernels& kernels_;
};

}  // namespace

std::unique_ptr<core::NeighborOps> make_neighbors(core::ThreadPool& pool) {
  return std::make_unique<CpuNeighbors>(pool);
}

}  // namespace whiteline::cpu
