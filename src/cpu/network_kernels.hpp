// The inner loops of networks, once for each instruction set: a table of functions beside
// VectorKernels, and like those the same bits from all. Blocks are views whose rows may lie apart.
#pragma once

#include <cstdint>

#include "core/ops/network.hpp"
#include "cpu/vector_kernels.hpp"
#include "formulas/poisson.hpp"

namespace whiteline::cpu {

using core::Activation;

struct DescentStep {
  formulas::DescentRule rule;
  float rate;  // Adam: formulas::adam_rate
};

// h = (x - mean) inverse; statistics of each row (by_row), or of each column.
struct NormTerms {
  bool by_row;
  const float *mean, *inverse;  // 1 / sqrt(variance + 1e-3)
  const float *gamma, *beta;    // of each column
};

// Windows of `depth` numbers that lie end to end, the next one `step` further.
struct Windows {
  const float* data;
  std::int64_t step, count, depth;
};

// A layer of `units` on one number, activation(weight_u x + bias_u), at all channels of a spectrum.
struct PointwiseUnits {
  Activation activation;
  const float *weights, *bias;
  std::int64_t units;
};

// So many kernels of minibatch discrimination side by side: number d of kernel k of sample i is
// numbers[(i * depth + d) * kernels_together + k].
constexpr int kernels_together = 16;
struct MinibatchBlock {
  const float* numbers;
  std::int64_t samples, depth;
};

struct NetworkKernels {
  // Columns of the tiles of products: VectorKernels::tile_columns.
  int tile_columns;
  // out = activation(total + bias); bias: numbers of each column, or null.
  void (*finish_dense)(const Tile& tile, Activation activation, const float* bias, float* out,
                       std::int64_t stride);
  // Parameters follow their gradient; all of one shape.
  void (*follow)(const DescentStep& step, ConstMatrixView gradient, const core::Parameter& to);

  void (*activate)(Activation activation, MatrixView x);  // in place
  // dz = dy activation'(y), in place too; adds the columns' sums of dz unless `sums` is null.
  // Columns are summed as float32 over blocks of 32 rows, these as float64.
  void (*activation_backward)(Activation activation, ConstMatrixView y, ConstMatrixView dy,
                              MatrixView dz, double* sums);
  // y = activation(a + b).
  void (*add)(Activation activation, ConstMatrixView a, ConstMatrixView b, MatrixView y);
  // to += from.
  void (*add_to)(ConstMatrixView from, MatrixView to);

  // Adds the columns' sums, and those of their squares.
  void (*column_moments)(ConstMatrixView x, double* sums, double* squares);
  // y = activation(gamma h + beta).
  void (*normalise)(const NormTerms& terms, ConstMatrixView x, Activation activation, MatrixView y);
  // Adds the columns' sums of dy, and of dy h.
  void (*norm_sums)(const NormTerms& terms, ConstMatrixView x, ConstMatrixView dy,
                    double* beta_sums, double* gamma_sums);
  // means[i] = the mean over row i of gamma dy, products[i] that of gamma dy h, as float32 in the
  // lanes of formulas/sum.hpp.
  void (*norm_row_means)(const NormTerms& terms, ConstMatrixView x, ConstMatrixView dy,
                         float* means, float* products);
  // dz = inverse (gamma dy - mean - h product) before'(x), in place too, means and products of each
  // row or column; adds the columns' sums of dz.
  void (*norm_backward)(const NormTerms& terms, const float* means, const float* products,
                        Activation before, ConstMatrixView x, ConstMatrixView dy, MatrixView dz,
                        double* sums);

  // Convolutions. Weights packed for windows of `depth`: [panel][depth][panel's columns], two
  // vectors a panel, the last one where that is enough; zeros past the last column.
  int lanes;
  // Row i of out = bias (null: 0), or what is there (onto), plus window i times the weights, in one
  // chain of FMAs along the window. Rows of out lie out_step apart.
  void (*convolve)(const Windows& windows, const float* weights, std::int64_t columns,
                   const float* bias, bool onto, float* out, std::int64_t out_step);
  // totals[d][c] += the sum over windows i of element d of window i times dz[i][c]: one chain of
  // FMAs, then added.
  void (*correlate)(const Windows& windows, const float* dz, std::int64_t dz_step,
                    std::int64_t columns, float* totals);

  // One window of a pool, `count` positions `step` apart, count >= 1.
  void (*pool)(core::Pooling kind, const float* x, std::int64_t step, std::int64_t count,
               float scale, std::int64_t columns, float* y);
  void (*pool_backward)(core::Pooling kind, const float* x, std::int64_t step, std::int64_t count,
                        float scale, std::int64_t columns, const float* dy, float* dx,
                        std::int64_t dx_step);

  // Sums over the channels of a spectrum of a, and of a a (null: not wanted), float32 over blocks
  // of channels, these as float64.
  void (*pointwise_sums)(const PointwiseUnits& units, const float* x, std::int64_t channels,
                         double* sums, double* squares);
  // Sums over the channels of d x and of d, d = (constant_u + slope_u a) activation'(a).
  void (*pointwise_gradients)(const PointwiseUnits& units, const float* x, std::int64_t channels,
                              const float* constants, const float* slopes, double* weight_sums,
                              double* bias_sums);

  // sums[i][k] += what core::MinibatchKernels has for o, in that order.
  void (*minibatch_sums)(const MinibatchBlock& block, float* sums);
  // gradients[i][d][k] += what NetworkOps::minibatch_backward has for dm; output_gradients[i][k].
  void (*minibatch_gradients)(const MinibatchBlock& block, const float* output_gradients,
                              float* gradients);

  // Words of `blocks` blocks of Philox from first_block on, in order; `counter` holds words 1 .. 3.
  void (*draw)(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
               const std::uint32_t (&counter)[3], std::uint32_t* words);
  // As draw, the normal number of each element.
  void (*draw_normals)(std::uint64_t seed, std::uint32_t first_block, std::int64_t blocks,
                       const std::uint32_t (&counter)[3], float* normals);
  // y = x scale where word >= threshold, else 0.
  void (*drop)(const std::uint32_t* words, std::uint32_t threshold, float scale, const float* x,
               std::int64_t count, float* y);
  // y = x + scale formulas::poisson(table, word).
  void (*add_poisson)(const std::uint32_t* words, const formulas::PoissonTable& table, float scale,
                      const float* x, std::int64_t count, float* y);
  // y = x + scale number; y = x (1 + deviation number).
  void (*add_scaled)(const float* numbers, float scale, const float* x, std::int64_t count,
                     float* y);
  void (*scale_around_one)(const float* numbers, float deviation, const float* x,
                           std::int64_t count, float* y);
};

// Throws InvalidArgument for one this processor, or this build, lacks.
WHITELINE_EXPORT const NetworkKernels& network_kernels(Isa isa = cpu::isa());

namespace portable {
extern const NetworkKernels network_kernels;
}
namespace avx2 {
extern const NetworkKernels network_kernels;
}
namespace avx512 {
extern const NetworkKernels network_kernels;
}

}  // namespace whiteline::cpu
