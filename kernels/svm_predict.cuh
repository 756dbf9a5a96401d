// Decisions, votes and probabilities of one-vs-one classifiers (core/ops/svm_predict.hpp).
#pragma once

#include <cmath>

#include "formulas/calibration.hpp"
#include "formulas/decision.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int primal_threads = 256;  // a block, sixteen a group of rows
constexpr int primal_rows = 2;       // of a group
constexpr int vote_threads = 128;

// Decisions of `pairs` neighbouring pairs, blockIdx.y saying which, for primal_rows rows a half
// warp: each weight that is read serves all its rows.
template <int pairs>
__global__ void decide_primal(Table<const float> x, Table<const float> weights, const double* rho,
                              bool cosine, Table<float> decisions) {
  const auto [group, lane] = row_lane();
  const std::int64_t first_row = group * primal_rows;
  const std::int64_t first_pair = std::int64_t(blockIdx.y) * pairs;
  float dots[primal_rows][pairs] = {}, squares[primal_rows] = {};
  for (std::int64_t c = lane; c < x.cols; c += formulas::sum_lanes) {
    float value[primal_rows];
#pragma unroll
    for (int r = 0; r < primal_rows; ++r) {
      value[r] = first_row + r < x.rows ? x.row(first_row + r)[c] : 0.0f;
      squares[r] = formulas::multiply_add(value[r], value[r], squares[r]);
    }
#pragma unroll
    for (int p = 0; p < pairs; ++p) {
      if (first_pair + p >= weights.rows) continue;
      const float weight = weights.row(first_pair + p)[c];
#pragma unroll
      for (int r = 0; r < primal_rows; ++r)
        dots[r][p] = formulas::multiply_add(value[r], weight, dots[r][p]);
    }
  }
#pragma unroll
  for (int r = 0; r < primal_rows; ++r) {
    const float square = lanes_total(squares[r]);
#pragma unroll
    for (int p = 0; p < pairs; ++p) {
      const float dot = lanes_total(dots[r][p]);
      if (lane == 0 && first_row + r < x.rows && first_pair + p < weights.rows)
        decisions.row(first_row + r)[first_pair + p] =
            formulas::primal_decision(dot, square, cosine, rho[first_pair + p]);
    }
  }
}

// Class with most votes, lowest at a tie; -1 where a decision is not finite. A thread a row.
__global__ void vote(Table<const float> decisions, std::int32_t classes, std::int32_t* labels) {
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= decisions.rows) return;
  const float* const f = decisions.row(row);
  std::int32_t best = 0, most = -1;
  bool valid = true;
  for (std::int32_t c = 0; c < classes; ++c) {
    std::int32_t votes = 0;
    for (std::int32_t b = 0; b < classes; ++b) {
      if (b == c) continue;
      const float decision =
          f[b < c ? formulas::pair_index(b, c, classes) : formulas::pair_index(c, b, classes)];
      valid = valid && formulas::is_finite(decision);
      votes += (decision > 0.0f) == (c < b);
    }
    if (votes <= most) continue;
    most = votes;
    best = c;
  }
  labels[row] = valid ? best : -1;
}

// values[i, c] = formulas::one_vs_rest of row i of the decisions; a thread each.
__global__ void one_vs_rest(Table<const float> decisions, Table<float> values) {
  const std::int64_t index = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= values.rows * values.cols) return;
  const std::int64_t row = index / values.cols, c = index % values.cols;
  const float* const f = decisions.row(row);
  values.row(row)[c] = formulas::one_vs_rest(std::int32_t(c), std::int32_t(values.cols),
                                             [&](std::int64_t p) { return f[p]; });
}

// first[p * rows + i] = clipped probability of pair p's first class in row i; a thread each.
__global__ void pair_probabilities(Table<const float> decisions, formulas::PairCurves curves,
                                   double* first) {
  const std::int64_t index = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= decisions.rows * decisions.cols) return;
  const std::int64_t pair = index / decisions.rows, row = index % decisions.rows;
  first[index] = formulas::clipped_probability(
      formulas::pair_probability(curves, pair, double(decisions.row(row)[pair])));
}

// Probabilities of up to most_classes classes from those of pairs; NaN where the label is -1. A
// thread a row.
template <int most_classes>
__global__ void couple_pairs(const double* first, std::int32_t classes, const std::int32_t* labels,
                             Table<float> probabilities) {
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= probabilities.rows) return;
  double p[most_classes], work[2 * most_classes];
  const bool valid = labels[row] >= 0;
  if (valid)
    formulas::couple(
        classes,
        [&](std::int32_t a, std::int32_t b) {
          return first[formulas::pair_index(a, b, classes) * probabilities.rows + row];
        },
        p, work);
  for (std::int32_t c = 0; c < classes; ++c) probabilities.row(row)[c] = valid ? float(p[c]) : NAN;
}

}  // namespace whiteline::kernels
