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
  if (threadIdx.x == 0) states[blockIdx.x] = formulas::fresh_state();
}

constexpr int list_threads = 256;

// A term of a gradient's sum: (alpha_j y_j) times row j of the kernel matrix.
struct SupportRow {
  const float* kernel;
  double coefficient;
};

// What of the gradients is to be summed: rows [begin, end) of the kernel matrix.
struct RebuildJob {
  const float* const* kernel_rows;
  std::int64_t begin, end;
  const formulas::BinaryProblem* problems;
  std::int64_t count;
  const double* alpha;
  double* gradient;
  SupportRow* support;  // of problem p from problems[p].offset on
  int* counts;          // of them; -1 for problems that do not wait
};

// The rows of each waiting problem with alpha > 0, ascending. When `last`, waiting problems run
// again. One block a problem.
__global__ void list_support(RebuildJob job, bool last, formulas::SmoState* states) {
  WL_SHARED(int, warp_count, [list_threads / warp_threads]);
  const formulas::BinaryProblem problem = job.problems[blockIdx.x];
  const bool waits = states[blockIdx.x].status == formulas::SmoStatus::rebuild;
  const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
  int count = 0;
  for (std::int64_t first = 0; first < (waits ? problem.rows() : 0); first += list_threads) {
    const std::int64_t t = first + threadIdx.x;
    const double alpha = t < problem.rows() ? job.alpha[problem.offset + t] : 0.0;
    const std::int64_t row = t < problem.rows() ? problem.kernel_row(t) : 0;
    const bool chosen = alpha > 0.0 && row >= job.begin && row < job.end;
    const unsigned in_warp = __ballot_sync(whole_warp, chosen);
    if (lane == 0) warp_count[warp] = __popc(in_warp);
    __syncthreads();
    int before = count + __popc(in_warp & ((1u << lane) - 1));
    for (int w = 0; w < list_threads / warp_threads; ++w) {
      if (w < warp) before += warp_count[w];
      count += warp_count[w];
    }
    if (chosen)
      job.support[problem.offset + before] = {job.kernel_rows[problem.table + row],
                                              alpha * problem.sign(t)};
    __syncthreads();
  }
  __syncthreads();  // all have read the status
  if (threadIdx.x != 0) return;
  job.counts[blockIdx.x] = waits ? count : -1;
  if (waits && last) states[blockIdx.x].status = formulas::SmoStatus::running;
}

// The sum goes on from what the rows before job.begin gave, a thread a row; blockIdx.y steps
// through the problems.
__global__ void rebuild_gradients(RebuildJob job) {
  const std::int64_t t = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  for (std::int64_t p = blockIdx.y; p < job.count; p += gridDim.y) {
    const formulas::BinaryProblem problem = job.problems[p];
    const int count = job.counts[p];
    if (count < 0 || t >= problem.rows()) continue;
    const std::int64_t column = problem.kernel_row(t);
    const SupportRow* const support = job.support + problem.offset;
    double f = job.begin == 0 ? -problem.sign(t) : job.gradient[problem.offset + t];
#pragma unroll 4
    for (int s = 0; s < count; ++s) f += support[s].coefficient * double(support[s].kernel[column]);
    job.gradient[problem.offset + t] = f;
  }
}

}  // namespace whiteline::kernels
