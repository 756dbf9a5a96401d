// What searches and calibration do with solved problems: warm starts at a larger C, summaries, and
// decisions of rows held out (core/ops/smo.hpp).
#pragma once

#include "formulas/smo.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int grow_threads = 256;
constexpr int summary_threads = 128;  // a block, sixteen a problem
constexpr int decide_threads = 128;   // a block, sixteen a decision

// One block a problem: its first sixteen threads sum, then all change the problem's numbers.
__global__ void grow_problems(double growth, const formulas::BinaryProblem* problems,
                              double* upper_bounds, double* alphas, double* gradients,
                              formulas::SmoState* states) {
  WL_SHARED(double, shared_scale, [1]);
  const formulas::BinaryProblem problem = problems[blockIdx.x];
  double* const upper = upper_bounds + problem.offset;
  double* const alpha = alphas + problem.offset;
  double* const gradient = gradients + problem.offset;
  if (threadIdx.x < warp_threads) {
    const int lane = int(threadIdx.x);
    double sum = 0.0, quadratic = 0.0;
#pragma unroll 4
    for (std::int64_t t = lane; t < (lane < formulas::sum_lanes ? problem.rows() : 0);
         t += formulas::sum_lanes) {
      sum += alpha[t];
      quadratic += alpha[t] * (problem.sign(t) * gradient[t] + 1.0);
    }
    sum = lanes_total(sum);
    quadratic = lanes_total(quadratic);
    if (lane == 0) shared_scale[0] = formulas::growth_scale(sum, quadratic, growth);
  }
  __syncthreads();
  const double scale = shared_scale[0];
  for (std::int64_t t = threadIdx.x; t < problem.rows(); t += grow_threads) {
    alpha[t] = formulas::grown_alpha(alpha[t], upper[t], growth, scale);
    gradient[t] = formulas::grown_gradient(gradient[t], problem.sign(t), scale);
    upper[t] = growth * upper[t];
  }
  if (threadIdx.x == 0) states[blockIdx.x] = formulas::fresh_state();
}

// Sixteen threads a problem.
__global__ void summarize_problems(const formulas::BinaryProblem* problems, std::int64_t count,
                                   const double* upper_bounds, const double* alphas,
                                   const double* gradients, formulas::BinarySummary* summaries) {
  const auto [p, lane] = row_lane();
  const formulas::BinaryProblem problem =
      p < count ? problems[p] : formulas::BinaryProblem{0, 0, 0, 0, 0};
  formulas::SummaryLane sums;
#pragma unroll 4
  for (std::int64_t t = lane; t < problem.rows(); t += formulas::sum_lanes) {
    const std::int64_t i = problem.offset + t;
    sums.add(problem.sign(t), upper_bounds[i], alphas[i], gradients[i]);
  }
  for (int half = formulas::sum_lanes / 2; half > 0; half /= 2) {
    const auto other = [&](auto value) {
      return __shfl_xor_sync(whole_warp, value, half, formulas::sum_lanes);
    };
    sums.add({other(sums.free_gradient), other(sums.twice_objective), other(sums.least_up),
              other(sums.most_low), other(sums.free), other(sums.bounded)});
  }
  if (p < count && lane == 0) summaries[p] = sums.summary();
}

struct DecideJob {
  const float* const* kernel_rows;
  const formulas::BinaryProblem* problems;
  std::int64_t count;
  const double *alpha, *gradient;
  const std::int32_t* rows;
  const formulas::HeldOutRows* held;
  double* decisions;
};

// Sixteen threads a held-out row; blockIdx.y steps through the problems.
__global__ void decide_held_out(DecideJob job) {
  const auto [i, lane] = row_lane();
  for (std::int64_t p = blockIdx.y; p < job.count; p += gridDim.y) {
    const formulas::BinaryProblem problem = job.problems[p];
    const formulas::HeldOutRows held = job.held[p];
    const bool used = i < held.end - held.begin;
    const std::int64_t row = used ? job.rows[held.begin + i] : 0;
    const std::int64_t own = used ? problem.row_of(row) : 0;
    const float* const kernel = own < 0 ? job.kernel_rows[problem.table + row] : nullptr;
    const double* const alpha = job.alpha + problem.offset;
    const double sum = lanes_sum(own < 0 ? problem.rows() : 0, lane, [&](std::int64_t t) {
      return alpha[t] * problem.sign(t) * double(kernel[problem.kernel_row(t)]);
    });
    if (!used || lane != 0) continue;
    job.decisions[held.out + i] =
        own < 0 ? sum : job.gradient[problem.offset + own] + problem.sign(own);
  }
}

}  // namespace whiteline::kernels
