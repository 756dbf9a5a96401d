// Where a block keeps the numbers of a binary problem's rows while it solves it: two classes with
// the same members. Row t belongs to thread t mod `threads`, of which t is row k = t / threads.
#pragma once

#include <cmath>

#include "formulas/smo.hpp"
#include "table.cuh"

namespace whiteline::kernels {

constexpr int no_row = 0x7fffffff;

// One problem; alpha, upper and gradient begin at its first row.
struct SmoProblem {
  int rows, first_rows, first_begin, second_shift;
  const float* const* kernel_rows;  // by row of the kernel matrix; null: not there
  const float* diagonal;
  const double* upper;
  double *alpha, *gradient;

  __device__ double sign(int t) const { return t < first_rows ? 1.0 : -1.0; }
  // Of row t: its row, and its column, of the kernel matrix.
  __device__ int kernel_row(int t) const {
    return t + (t < first_rows ? first_begin : second_shift);
  }
  __device__ const float* kernel_values(int t) const { return kernel_rows[kernel_row(t)]; }
  __device__ bool rises(int t) const { return formulas::in_up(sign(t), alpha[t], upper[t]); }
  __device__ bool falls(int t) const { return formulas::in_low(sign(t), alpha[t], upper[t]); }
};

// Gradient and kernel rows in registers, one bit a row for "is there and may rise" and "may fall".
template <int per_thread, int threads_>
class RegisterRows {
 public:
  static constexpr int threads = threads_;

  __device__ explicit RegisterRows(const SmoProblem& problem) : problem_(problem) {
    each([&](int k, int t) {
      gradient_[k] = problem.gradient[t];
      if (problem.kernel_values(t)) mark(k, t, problem.alpha[t], problem.upper[t]);
    });
  }

  template <class Body>
  __device__ void each(const Body& body) const {
#pragma unroll
    for (int k = 0; k < per_thread; ++k) {
      const int t = int(threadIdx.x) + k * threads;
      if (t < problem_.rows) body(k, t);
    }
  }

  __device__ double gradient(int k, int) const { return gradient_[k]; }
  __device__ void set_gradient(int k, int, double value) { gradient_[k] = value; }
  __device__ float kernel_u(int k, int) const { return kernel_u_[k]; }
  __device__ float kernel_j(int k, int) const { return kernel_j_[k]; }
  __device__ bool up(int k, int) const { return up_ >> k & 1; }
  __device__ bool low(int k, int) const { return low_ >> k & 1; }

  __device__ void load_kernel_u(const float* row) { load(row, kernel_u_); }
  __device__ void load_kernel_j(const float* row) { load(row, kernel_j_); }

  __device__ void set_alpha(int t, double alpha, double upper) {
    if (t % threads != int(threadIdx.x)) return;
    problem_.alpha[t] = alpha;
    mark(t / threads, t, alpha, upper);
  }

  __device__ void store_gradient() const {
    each([&](int k, int t) { problem_.gradient[t] = gradient_[k]; });
  }

 private:
  static_assert(per_thread <= 32);

  __device__ void load(const float* from, float (&to)[per_thread]) {
    each([&](int k, int t) { to[k] = from[problem_.kernel_row(t)]; });
  }

  __device__ void mark(int k, int t, double alpha, double upper) {
    const double sign = problem_.sign(t);
    const unsigned bit = 1u << k;
    up_ = formulas::in_up(sign, alpha, upper) ? up_ | bit : up_ & ~bit;
    low_ = formulas::in_low(sign, alpha, upper) ? low_ | bit : low_ & ~bit;
  }

  const SmoProblem& problem_;
  double gradient_[per_thread];
  float kernel_u_[per_thread], kernel_j_[per_thread];
  unsigned up_ = 0, low_ = 0;
};

// Everything in global memory: any number of rows.
template <int threads_>
class MemoryRows {
 public:
  static constexpr int threads = threads_;

  __device__ explicit MemoryRows(const SmoProblem& problem) : problem_(problem) {
    each([&](int, int t) { some_missing_ = some_missing_ || !problem.kernel_values(t); });
  }

  template <class Body>
  __device__ void each(const Body& body) const {
    for (int t = int(threadIdx.x); t < problem_.rows; t += threads) body(0, t);
  }

  __device__ double gradient(int, int t) const { return problem_.gradient[t]; }
  __device__ void set_gradient(int, int t, double value) { problem_.gradient[t] = value; }
  __device__ float kernel_u(int, int t) const { return kernel_u_[problem_.kernel_row(t)]; }
  __device__ float kernel_j(int, int t) const { return kernel_j_[problem_.kernel_row(t)]; }
  __device__ bool up(int, int t) const { return problem_.rises(t) && there(t); }
  __device__ bool low(int, int t) const { return problem_.falls(t) && there(t); }

  __device__ void load_kernel_u(const float* row) { kernel_u_ = row; }
  __device__ void load_kernel_j(const float* row) { kernel_j_ = row; }

  __device__ void set_alpha(int t, double alpha, double) {
    if (t % threads == int(threadIdx.x)) problem_.alpha[t] = alpha;
  }

 private:
  __device__ bool there(int t) const { return !some_missing_ || problem_.kernel_values(t); }

  const SmoProblem& problem_;
  const float *kernel_u_ = nullptr, *kernel_j_ = nullptr;
  bool some_missing_ = false;  // of this thread's rows
};

}  // namespace whiteline::kernels
