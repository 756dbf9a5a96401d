#include "core/ops/neighbors.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <vector>

#include "cpu/cpu_backend.hpp"
#include "cpu/nearest_pass.hpp"
#include "formulas/sum.hpp"

namespace whiteline::cpu {

namespace {

using formulas::key_row;

constexpr std::int64_t rows_a_chunk = 16, rows_a_block = 128;

// The `count` smallest, ascending.
void write_least(std::vector<std::uint64_t>& keys, std::int64_t count, std::uint64_t* to) {
  keep_least(keys, count);
  std::sort(keys.begin(), keys.end());
  std::copy(keys.begin(), keys.end(), to);
}

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
