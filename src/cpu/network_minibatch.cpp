#include <algorithm>
#include <cassert>

#include "cpu/network.hpp"

namespace whiteline::cpu {

namespace {

std::int64_t blocks_of(const core::MinibatchKernels& shape) {
  return (shape.kernels + kernels_together - 1) / kernels_together;
}

// Some kernels of one minibatch.
struct KernelBlock {
  std::int64_t first_row, rows, first_kernel, kernels;

  KernelBlock(const core::MinibatchKernels& shape, std::int64_t all_rows, std::int64_t task)
      : rows(all_rows / shape.minibatches) {
    const std::int64_t blocks = blocks_of(shape);
    first_row = task / blocks * rows;
    first_kernel = task % blocks * kernels_together;
    kernels = std::min<std::int64_t>(shape.kernels - first_kernel, kernels_together);
  }
};

// to[(i * depth + d) * kernels_together + k] = number d of kernel k of row i, zeros where there is
// no kernel.
void gather(ConstMatrixView from, const KernelBlock& block, std::int64_t depth, float* to) {
  std::fill_n(to, block.rows * depth * kernels_together, 0.0f);
  for (std::int64_t i = 0; i < block.rows; ++i) {
    const float* number =
        from.data + (block.first_row + i) * from.stride + block.first_kernel * depth;
    float* const row = to + i * depth * kernels_together;
    for (std::int64_t k = 0; k < block.kernels; ++k)
      for (std::int64_t d = 0; d < depth; ++d) row[d * kernels_together + k] = *number++;
  }
}

void scatter(const float* from, const KernelBlock& block, std::int64_t depth, MatrixView to) {
  for (std::int64_t i = 0; i < block.rows; ++i) {
    float* number = to.data + (block.first_row + i) * to.stride + block.first_kernel * depth;
    const float* const row = from + i * depth * kernels_together;
    for (std::int64_t k = 0; k < block.kernels; ++k)
      for (std::int64_t d = 0; d < depth; ++d) *number++ = row[d * kernels_together + k];
  }
}

}  // namespace

void CpuNetwork::minibatch_forward(ConstMatrixView m, const core::MinibatchKernels& shape,
                                   MatrixView o) {
  assert(m.cols == shape.kernels * shape.depth && o.cols == shape.kernels && o.rows == m.rows);
  const std::int64_t rows = m.rows / shape.minibatches,
                     tasks = shape.minibatches * blocks_of(shape);
  const std::int64_t size = rows * (shape.depth + 1) * kernels_together;
  float* const memory = packed_.at_least(tasks * size);
  each(double(rows) * double(m.rows) * double(m.cols), tasks, [&](std::int64_t task) {
    const KernelBlock block(shape, m.rows, task);
    float *const sums = memory + task * size, *const numbers = sums + rows * kernels_together;
    gather(m, block, shape.depth, numbers);
    std::fill_n(sums, rows * kernels_together, 0.0f);
    kernels_.minibatch_sums({numbers, rows, shape.depth}, sums);
    scatter(sums, block, 1, o);
  });
}

void CpuNetwork::minibatch_backward(ConstMatrixView m, const core::MinibatchKernels& shape,
                                    ConstMatrixView output_gradient, MatrixView dm) {
  assert(m.cols == shape.kernels * shape.depth && output_gradient.cols == shape.kernels);
  const std::int64_t rows = m.rows / shape.minibatches,
                     tasks = shape.minibatches * blocks_of(shape);
  const std::int64_t count = rows * shape.depth * kernels_together;
  const std::int64_t size = 2 * count + rows * kernels_together;
  float* const memory = packed_.at_least(tasks * size);
  each(double(rows) * double(m.rows) * double(m.cols), tasks, [&](std::int64_t task) {
    const KernelBlock block(shape, m.rows, task);
    float *const numbers = memory + task * size, *const gradients = numbers + count,
                 *const given = gradients + count;
    gather(m, block, shape.depth, numbers);
    gather(output_gradient, block, 1, given);
    std::fill_n(gradients, count, 0.0f);
    kernels_.minibatch_gradients({numbers, rows, shape.depth}, given, gradients);
    scatter(gradients, block, shape.depth, dm);
  });
}

}  // namespace whiteline::cpu
