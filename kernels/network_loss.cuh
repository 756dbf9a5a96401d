// Losses of networks (core/ops/network.hpp).
#pragma once

#include "formulas/loss.hpp"
#include "table.cuh"

namespace whiteline::kernels {

constexpr int loss_threads = 256;  // one block

// Where the numbers of a core::TrainingState lie.
struct LossCounts {
  std::uint32_t* diverged;
  std::int64_t *rows, *hits;
  double* loss;
};

// The loss of a row, not finite where a logit is not, and whether the model is right.
struct RowLoss {
  double loss;
  bool hit;
};

// Rows with a class each, and the gradient of the mean of their losses.
struct ClassLosses {
  bool softmax;  // else sigmoids
  Table<const float> z;
  const std::int32_t* labels;
  const float* class_weights;  // or null: all 1
  Table<float> dz;             // data null: not wanted

  __device__ RowLoss of(std::int64_t row) const {
    const float* const logits = z.row(row);
    const std::int64_t label = labels[row];
    const double weight = class_weights ? double(class_weights[label]) : 1.0;
    float* const to = dz.data ? dz.row(row) : nullptr;
    const double scale = weight / double(z.rows);
    const double own = softmax ? formulas::softmax_cross_entropy(logits, z.cols, label, scale, to)
                               : formulas::sigmoid_cross_entropy(logits, z.cols, label, scale, to);
    return {weight * own, formulas::predicted_label(logits, z.cols) == label};
  }
};

// Rows of minibatches with a target each, and the gradient of the sum of their mean losses.
struct AdversarialLosses {
  Table<const float> z;
  std::int64_t minibatch_rows;
  float targets[2];
  Table<float> dz;  // data null: not wanted

  __device__ RowLoss of(std::int64_t row) const {
    const float* const logits = z.row(row);
    const double target = double(targets[row / minibatch_rows]);
    return {
        formulas::adversarial_cross_entropy(logits, z.cols, target, 1.0 / double(minibatch_rows),
                                            dz.data ? dz.row(row) : nullptr),
        (logits[0] > 0.0f) == (target > 0.5)};
  }
};

// A thread takes every 256th row; the threads' sums are added in halves.
template <class Losses>
__global__ void add_losses(Losses of_rows, LossCounts counts) {
  WL_SHARED(double, losses, [loss_threads]);
  WL_SHARED(std::int64_t, hits, [loss_threads]);
  const int thread = int(threadIdx.x);
  double loss = 0.0;
  std::int64_t right = 0;
  for (std::int64_t row = thread; row < of_rows.z.rows; row += loss_threads) {
    const RowLoss own = of_rows.of(row);
    const bool finite = formulas::all_finite(of_rows.z.row(row), of_rows.z.cols);
    loss += finite ? own.loss : double(NAN);
    right += own.hit;
  }
  losses[thread] = loss;
  hits[thread] = right;
  for (int half = loss_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread >= half) continue;
    losses[thread] += losses[thread + half];
    hits[thread] += hits[thread + half];
  }
  if (thread > 0) return;
  *counts.rows += of_rows.z.rows;
  *counts.hits += hits[0];
  *counts.loss += losses[0];
  if (!(losses[0] - losses[0] == 0.0)) *counts.diverged = 1;
}

// A thread a row.
__global__ void class_probabilities(bool softmax, Table<const float> z, Table<float> out) {
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= z.rows) return;
  if (softmax)
    formulas::softmax_probabilities(z.row(row), z.cols, out.row(row));
  else
    formulas::sigmoid_probabilities(z.row(row), z.cols, out.row(row));
}

}  // namespace whiteline::kernels
