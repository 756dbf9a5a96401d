// The inner loops of the CPU, once for each instruction set: a table of functions. All tables give
// the same bits: an element's operations and their order do not depend on the vector's width.
#pragma once

#include <cstdint>

#include "cpu/isa.hpp"
#include "formulas/kernel_function.hpp"
#include "formulas/layout_forces.hpp"

namespace whiteline::cpu {

// One factor of a product, seen as rows to be summed along: element (i, k) lies at
// data[i * row_step + k * depth_step]; one of the steps is 1.
struct Factor {
  const float* data;
  std::int64_t row_step, depth_step;

  Factor some_rows(std::int64_t first) const { return moved(first * row_step); }
  Factor deeper(std::int64_t depth) const { return moved(depth * depth_step); }

 private:
  Factor moved(std::int64_t elements) const {  // null, where there is no element, stays
    return {data ? data + elements : nullptr, row_step, depth_step};
  }
};

// Part of a product, hot in cache: element (i, j) of `totals` belongs at (row + i, column + j).
struct Tile {
  std::int64_t row, column;
  int rows, columns;    // in use; the rest of `totals` means nothing
  const float* totals;  // 64-byte aligned, rows of VectorKernels::tile_columns
};

// What a kernel function needs beside the dot product: numbers a row of each side, by row number.
struct KernelSides {
  const float *left_squared_norm, *left_mean_dot, *right_squared_norm, *right_mean_dot;
  std::int64_t row_shift;  // core::common_row_shift: (r, r + row_shift) is a row with itself
};

// What decides which pairs of rows are near: numbers a row of each side, by row number. Where there
// are right_limits, left and right are rows of one set, and a pair is seen once, its lower row on
// the left.
struct NearSides {
  const float *left_norms, *right_norms;    // squared
  const float *left_limits, *right_limits;  // squared distances; right_limits may be null
  std::int64_t row_shift;                   // core::common_row_shift
};
struct NearPair {
  float squared_distance;
  std::int32_t row, column;
};

// The edges of one row of a layout (core/ops/layout.hpp).
struct LayoutEdges {
  const std::int32_t* neighbors;
  const std::uint32_t *activity, *phase;
  std::int64_t count;
};
// One epoch of a layout. Positions are `dims` numbers a row without gaps.
struct LayoutEpoch {
  formulas::LayoutVariant variant;
  formulas::LayoutForces<float> forces;
  float pull_rate, push_rate;
  std::uint64_t seed;
  std::uint32_t number;
  int draws, dims;
  const float* others;       // whom edges and draws refer to
  std::uint32_t other_rows;  // of them, times dims less than 2^31
  bool fixed;                // others are not the moving rows
  const float* from;         // the moving rows
  float* to;
};
// Rows of a layout that move side by side: the first `count` of the layout_rows numbers in each
// array; row and key are valid in all. The active edges of a row lead to `active` others, from
// neighbors[first] on; rows with more of them come first. There is one neighbor at least.
struct LayoutRows {
  int count;
  const std::uint32_t *row, *key, *first, *active;
  const std::int32_t* neighbors;
};

enum class RowSum { values, magnitudes, squares };

struct PreparedNorms {
  double squared_norm, mean_dot;
};

// Squares by formulas::distance_lanes.
struct RoundedNorms {
  float squared_norm, squared_loss;  // of the rounded row, and of what rounding took
};

struct VectorKernels {
  Isa isa;
  int tile_rows, tile_columns;

  // `used` <= width rows of a factor as [depth][width], zeros from `used` on. Writes up to
  // pack_slack floats more. width <= tile_rows or = tile_columns.
  static constexpr int pack_slack = 16;
  void (*pack)(Factor from, int used, int width, std::int64_t depth, float* to);

  // totals[i][j] (rows of tile_columns) = or += the product of `rows` packed left rows, 1 ..
  // tile_rows, and a packed panel of tile_columns. float32 FMA chains over ascending depth, broken
  // every formulas::dot_block; each block's sum is added to the total, which starts at 0.
  void (*accumulate)(int rows, const float* left, const float* right, std::int64_t depth, bool onto,
                     float* totals);

  // The same for tile_rows rows and tile_columns columns where one factor is not packed yet, row i
  // (column j) at depth k lying at from[i * step + k] (from[k * step + j]): it is packed on the
  // way.
  void (*accumulate_packing_left)(const float* from, std::int64_t step, const float* right,
                                  std::int64_t depth, bool onto, float* packed, float* totals);
  void (*accumulate_packing_right)(const float* left, const float* from, std::int64_t step,
                                   std::int64_t depth, bool onto, float* packed, float* totals);

  // out = alpha total, or fma(beta, out, alpha total) when beta != 0.
  void (*scale_tile)(const Tile& tile, float alpha, float beta, float* out, std::int64_t stride);
  // out = kernel_value(total, ...).
  void (*kernel_tile)(const Tile& tile, const formulas::KernelConstants& function,
                      const KernelSides& sides, float* out, std::int64_t stride);
  // out[j] = kernel_value(products[j], ...) of row `row` and row j < columns; in place is fine.
  void (*kernel_row)(const formulas::KernelConstants& function, const KernelSides& sides,
                     std::int64_t row, std::int64_t columns, const float* products, float* out);
  // to[j][i] = from[i][j] for rows x columns of `from`.
  void (*transpose)(const float* from, std::int64_t from_stride, std::int64_t rows,
                    std::int64_t columns, float* to, std::int64_t to_stride);

  // Sums of float64 in the order of kernels/formulas/sum.hpp.
  double (*row_sum)(RowSum what, const float* x, std::int64_t count);
  double (*squared_differences)(const float* x, std::int64_t count, double centre);
  // sums[c] += x[c].
  void (*add_row)(const float* x, std::int64_t count, double* sums);
  float (*largest)(const float* x, std::int64_t count);                  // count >= 1
  std::int64_t (*first_non_finite)(const float* x, std::int64_t count);  // -1: none
  // out = formulas::prepared_element of x; `mean` null: zeros.
  PreparedNorms (*prepare_row)(const float* x, std::int64_t count, bool normalise,
                               double inverse_norm, const float* mean, float* out);

  // SVM decisions. out[i][p] = formulas::lane_dot of row i of x and weights p, squared_norms[i]
  // that of the row and itself. `weights`: pairs in groups of primal_pairs (the last group may be
  // smaller), each group as [step of 16 channels][pair][16], zeros past the last channel.
  int primal_pairs;
  void (*primal_dots)(const float* x, std::int64_t x_stride, std::int64_t rows, std::int64_t count,
                      const float* weights, std::int64_t pairs, float* out, std::int64_t out_stride,
                      float* squared_norms);
  // sums[i][p] = or += a chain of FMAs over the tile's columns j of coefficients[j][p] and
  // totals[i][j], for p < stride, a multiple of pair_group.
  static constexpr std::int64_t pair_group = 16;
  void (*weigh_tile)(const Tile& tile, const float* coefficients, std::int64_t stride, bool onto,
                     float* sums);

  // out[i] = lane_total of lane[l] += coefficients[16 b + l] * rows[i][columns[b] + l], blocks b
  // ascending, every product rounded before it is added.
  void (*block_sums)(const float* const* rows, std::int64_t count, const std::int64_t* columns,
                     std::int64_t blocks, const double* coefficients, double* out);

  // out[r] = the distance between x and row which[r] of y by formulas::distance_lanes.
  void (*squared_distances)(const float* x, const float* y, std::int64_t stride,
                            const std::int32_t* which, std::int64_t rows, std::int64_t count,
                            float* out);
  // The n-th smallest of `count` numbers >= 0, 1 <= n <= count.
  float (*nth_smallest)(const float* x, std::int64_t count, std::int64_t n);
  // x rounded to bfloat16, nothing left of numbers below 2^-100, as (count + 1) / 2 words of two
  // that stand where floats would: even channels in the lower half, a zero after the last. |x| <
  // 2^100.
  RoundedNorms (*round_row)(const float* x, std::int64_t count, float* pairs);
  // As accumulate() of such words, packed likewise: totals = the product, added in any order and
  // rounded at most twice a pair, to 2^-23.
  void (*accumulate_pairs)(int rows, const float* left, const float* right, std::int64_t depth,
                           float* totals);
  // The pairs of the tile, but of a row with itself, whose formulas::squared_distance is not above
  // the limit of one of the two; how many. `out` has room for the whole tile.
  int (*near_pairs)(const Tile& tile, const NearSides& sides, NearPair* out);

  // Adds a row's neighbors that are active in epoch first_epoch + e to lists[e], which has
  // counts[e] already, for e < epochs. Each list has room for all of the row's, and pack_slack
  // more.
  void (*active_edges)(const LayoutEdges& edges, std::uint32_t first_epoch, int epochs,
                       std::int32_t* const* lists, std::int32_t* counts);
  // The rows' positions after the epoch.
  int layout_rows;
  void (*move_rows)(const LayoutEpoch& epoch, const LayoutRows& rows);

  // Elementwise.
  void (*exponential)(const float* x, std::int64_t count, float* out);
  void (*hyperbolic_tangent)(const float* x, std::int64_t count, float* out);
};

// Throws InvalidArgument for one this processor, or this build, lacks.
WHITELINE_EXPORT const VectorKernels& vector_kernels(Isa isa = cpu::isa());

namespace portable {
extern const VectorKernels kernels;
}
namespace avx2 {
extern const VectorKernels kernels;
}
namespace avx512 {
extern const VectorKernels kernels;
}
namespace avx512_bf16 {
void accumulate_pairs(int rows, const float* left, const float* right, std::int64_t depth,
                      float* totals);
}

}  // namespace whiteline::cpu
