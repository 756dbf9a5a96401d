// The gradient of binary problems from nothing: at the start, and rebuilt (core/ops/smo.hpp).
#pragma once

#include "formulas/smo.hpp"
#include "table.cuh"

namespace whiteline::kernels {

constexpr int start_threads = 256;

// alpha = 0, gradient = -y, fresh states; one block a problem.
__global__ void start_problems(const formulas::BinaryProblem* problems, double* alpha,
                               double* gradient, formulas::SmoState* states) {
  const formulas::BinaryProblem problem = problems[blockIdx.x];
  for (std::int64_t t = threadIdx.x; t < problem.rows(); t += blockDim.x) {
    alpha[problem.offset + t] = 0.0;
    gradient[problem.offset + t] = -problem.sign(t);
  }
  if (threadIdx.x == 0) states[blockIdx.x] = {0, 0.0, 0, formulas::SmoStatus::running};
}

constexpr int list_threads = 256;

// The rows of each waiting problem with alpha > 0, ascending, at support[problem.offset], and their
// number; -1 for problems that do not wait. Waiting problems run again. One block a problem.
__global__ void list_support(const formulas::BinaryProblem* problems, const double* alpha,
                             formulas::SmoState* states, int* support, int* counts) {
  WL_SHARED(int, warp_count, [list_threads / warp_threads]);
  const formulas::BinaryProblem problem = problems[blockIdx.x];
  const bool waits = states[blockIdx.x].status == formulas::SmoStatus::rebuild;
  const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
  int count = 0;
  for (std::int64_t first = 0; first < (waits ? problem.rows() : 0); first += list_threads) {
    const std::int64_t t = first + threadIdx.x;
    const bool chosen = t < problem.rows() && alpha[problem.offset + t] > 0.0;
    const unsigned in_warp = __ballot_sync(whole_warp, chosen);
    if (lane == 0) warp_count[warp] = __popc(in_warp);
    __syncthreads();
    int before = count + __popc(in_warp & ((1u << lane) - 1));
    for (int w = 0; w < list_threads / warp_threads; ++w) {
      if (w < warp) before += warp_count[w];
      count += warp_count[w];
    }
    if (chosen) support[problem.offset + before] = int(t);
    __syncthreads();
  }
  __syncthreads();  // all have read the status
  if (threadIdx.x != 0) return;
  counts[blockIdx.x] = waits ? count : -1;
  if (waits) states[blockIdx.x].status = formulas::SmoStatus::running;
}

// The gradient from nothing, a thread a row; blockIdx.y steps through the problems.
__global__ void rebuild_gradients(Table<const float> kernel,
                                  const formulas::BinaryProblem* problems, std::int64_t count,
                                  const double* alpha, const int* support, const int* counts,
                                  double* gradient) {
  const std::int64_t t = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  for (std::int64_t p = blockIdx.y; p < count; p += gridDim.y) {
    const formulas::BinaryProblem problem = problems[p];
    if (counts[p] < 0 || t >= problem.rows()) continue;
    const std::int64_t column = problem.kernel_row(t);
    double f = -problem.sign(t);
#pragma unroll 4
    for (int s = 0; s < counts[p]; ++s) {
      const int j = support[problem.offset + s];
      const double coefficient = alpha[problem.offset + j] * problem.sign(j);
      f += coefficient * double(kernel.row(problem.kernel_row(j))[column]);
    }
    gradient[problem.offset + t] = f;
  }
}

}  // namespace whiteline::kernels
