// Pairs of near rows, tile by tile.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/ops/neighbors.hpp"
#include "core/parallel.hpp"
#include "cpu/panels.hpp"
#include "formulas/near_bound.hpp"

namespace whiteline::cpu {

// Rows rounded to bfloat16, as words of two channels that stand where floats would.
class RoundedRows {
 public:
  RoundedRows(core::ThreadPool& pool, const VectorKernels& kernels, ConstMatrixView rows);

  // mean_dot means nothing.
  core::PreparedRows get() const;
  const std::vector<float>& squared_losses() const { return squared_losses_; }
  formulas::NearBound bound(std::int64_t channels) const;

 private:
  ConstMatrixView words_;
  Scratch memory_;
  std::vector<float> squared_norms_, squared_losses_;
};

// The rows of a job as tiles take them, float32 or rounded to bfloat16.
class NearTiles {
 public:
  static constexpr std::size_t largest_tile = 16 * 64;
  // Rows [begin, end) of the left side as groups of tile_rows, [group][depth][row].
  struct Packed {
    std::int64_t begin, end;
    const float* numbers;
  };

  NearTiles(core::ThreadPool& pool, const VectorKernels& kernels, const core::NearestJob& job,
            bool rounded);

  const core::PreparedRows& left() const { return left_; }
  const core::PreparedRows& right() const { return panels_->rows(); }
  const Panels& panels() const { return *panels_; }
  const formulas::NearBound& bound() const { return bound_; }
  const float* left_squared_losses() const {  // null: not rounded
    return left_rounded_ ? left_rounded_->squared_losses().data() : nullptr;
  }

  Packed pack(std::int64_t begin, std::int64_t end, Scratch& memory) const;

  // found(the near pairs of a tile) for the tiles of these rows and a panel of `panels`; `pairs`
  // has room for a tile.
  template <class Found>
  void each_near(const Packed& rows, const Panels& panels, std::int64_t panel,
                 const NearSides& sides, std::vector<NearPair>& pairs, Found&& found) const {
    const std::int64_t height = kernels_.tile_rows, width = kernels_.tile_columns;
    const std::int64_t depth = left_.rows.cols, column = panel * width;
    const int columns = int(std::min(width, panels.rows().rows.rows - column));
    alignas(64) float totals[largest_tile];
    const float* numbers = rows.numbers;
    for (std::int64_t row = rows.begin; row < rows.end; row += height, numbers += height * depth) {
      if (sides.right_limits && column + columns <= row + 1) continue;  // seen already
      const int count = int(std::min(height, rows.end - row));
      multiply(count, numbers, panels.panel(panel), totals);
      const int near =
          kernels_.near_pairs({row, column, count, columns, totals}, sides, pairs.data());
      found(std::span<const NearPair>(pairs.data(), std::size_t(near)));
    }
  }

 private:
  void multiply(int rows, const float* left, const float* right, float* totals) const {
    if (left_rounded_)
      kernels_.accumulate_pairs(rows, left, right, left_.rows.cols, totals);
    else
      kernels_.accumulate(rows, left, right, left_.rows.cols, false, totals);
  }

  const VectorKernels& kernels_;
  std::shared_ptr<const RoundedRows> left_rounded_, right_rounded_;  // null: not rounded
  core::PreparedRows left_;
  std::unique_ptr<Panels> panels_;  // of the right side
  formulas::NearBound bound_;
};

}  // namespace whiteline::cpu
