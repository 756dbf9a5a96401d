// Subtracting backgrounds (core/ops/preprocess.hpp), sixteen threads a row. Rows may be changed in
// place: an element is read and written by one thread.
#pragma once

#include "formulas/background_likelihood.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

// u of every channel of the spectra that the window is for.
__global__ void channel_abscissae(formulas::BackgroundWindow window, std::int64_t channels,
                                  double* u) {
  const std::int64_t channel = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (channel < channels) u[channel] = window.u(channel);
}

enum class BackgroundFitting { two_area, two_area_closed, log_line, likelihood };

struct BackgroundJob {
  Table<const float> in;
  formulas::BackgroundWindow window;
  BackgroundFitting method;
  std::int64_t zero_before;
  const double* u;     // of each channel of `in`
  std::int64_t first;  // column of `in` that becomes column 0 of `out`
  Table<float> out;
  double* parameters;
};

// All threads of the warp come here, whatever their row; `size` is 0 where there is nothing to fit.
__device__ inline formulas::BackgroundLaw fit_line(const BackgroundJob& job, const float* inside,
                                                   const formulas::BackgroundLaw& areas,
                                                   std::int64_t size, int lane) {
  const formulas::BackgroundWindow& w = job.window;
  double sum = 0.0, moment = 0.0;
  for (std::int64_t i = lane; i < size; i += formulas::sum_lanes) {
    const double u = job.u[w.begin + i];
    const double logarithm = formulas::log_counts(areas, inside[i], u);
    sum += logarithm;
    moment += (u - w.mean) * logarithm;
  }
  sum = lanes_total(sum);
  moment = lanes_total(moment);
  return size > 0 ? formulas::law_of_line(w, areas, sum, moment) : areas;
}

__device__ inline formulas::BackgroundLaw fit_likelihood(const BackgroundJob& job,
                                                         const float* inside,
                                                         const formulas::BackgroundLaw& areas,
                                                         std::int64_t size, int lane) {
  const formulas::BackgroundWindow& w = job.window;
  formulas::LikelihoodStep step{areas, size > 0};
  for (int iteration = 0; iteration < formulas::likelihood_iterations; ++iteration) {
    formulas::LikelihoodSums sums{};
    for (std::int64_t i = lane; i < (step.more ? size : 0); i += formulas::sum_lanes) {
      const double u = job.u[w.begin + i], x = u - w.mean;
      const double law = formulas::background(step.law, u), excess = double(inside[i]) - law;
      sums.law += law;
      sums.law_x += x * law;
      sums.law_xx += x * x * law;
      sums.excess += excess;
      sums.excess_x += x * excess;
    }
    sums.law = lanes_total(sums.law);
    sums.law_x = lanes_total(sums.law_x);
    sums.law_xx = lanes_total(sums.law_xx);
    sums.excess = lanes_total(sums.excess);
    sums.excess_x = lanes_total(sums.excess_x);
    if (step.more) step = formulas::likelihood_step(w, areas, step.law, sums);
  }
  return step.law;
}

// The law of the row with these counts; sixteen threads together, all of which get it.
__device__ inline formulas::BackgroundLaw fit_background(const BackgroundJob& job,
                                                         const float* counts, bool used, int lane) {
  const formulas::BackgroundWindow& w = job.window;
  const std::int64_t size = used ? w.end - w.begin : 0, half = used ? w.middle - w.begin : 0;
  const float* const inside = counts + w.begin;
  const double low = lanes_sum(half, lane, [&](std::int64_t i) { return double(inside[i]); });
  const double high =
      lanes_sum(size - half, lane, [&](std::int64_t i) { return double(inside[half + i]); });
  if (job.method == BackgroundFitting::two_area_closed)
    return formulas::law_in_closed_form(w, low, high);
  const formulas::BackgroundLaw areas = formulas::law_of_areas(w, low, high);
  if (job.method == BackgroundFitting::two_area) return areas;
  const std::int64_t fitted = areas.valid ? size : 0;
  return job.method == BackgroundFitting::likelihood
             ? fit_likelihood(job, inside, areas, fitted, lane)
             : fit_line(job, inside, areas, fitted, lane);
}

__global__ void subtract_background(BackgroundJob job) {
  const auto [row, lane] = row_lane();
  const bool used = row < job.in.rows;
  const float* const counts = job.in.row(used ? row : 0);
  const formulas::BackgroundLaw law = fit_background(job, counts, used, lane);
  __syncwarp();  // the window has been read before any of it is written
  if (used && lane == 0) {
    job.parameters[2 * row] = formulas::background_amplitude(job.window, law);
    job.parameters[2 * row + 1] = formulas::background_exponent(job.window, law);
  }
  const float* const from = counts + job.first;
  const double* const u = job.u + job.first;
  float* const to = job.out.row(used ? row : 0);
#pragma unroll 4
  for (std::int64_t j = lane; j < (used ? job.out.cols : 0); j += formulas::sum_lanes) {
    const float above = law.valid ? formulas::above_background(law, from[j], u[j]) : from[j];
    to[j] = j + job.first < job.zero_before ? 0.0f : above;
  }
}

struct CurvesJob {
  Table<const float> in;
  std::int64_t begin, end, terms;
  const double* projections;
  const double* curves;
  std::int64_t zero_before, first;
  Table<float> out;
  double* coefficients;
};

__global__ void subtract_curves(CurvesJob job) {
  const auto [row, lane] = row_lane();
  const bool used = row < job.in.rows;
  const float* const counts = job.in.row(used ? row : 0);
  const std::int64_t window = job.end - job.begin;
  double* const coefficients = job.coefficients + (used ? row : 0) * job.terms;
  for (std::int64_t k = 0; k < job.terms; ++k) {
    const double coefficient = lanes_sum(used ? window : 0, lane, [&](std::int64_t i) {
      return job.projections[k * window + i] * double(counts[job.begin + i]);
    });
    if (used && lane == 0) coefficients[k] = coefficient;
  }
  __syncwarp();  // all coefficients are there; the window has been read
  const float* const from = counts + job.first;
  float* const to = job.out.row(used ? row : 0);
  for (std::int64_t j = lane; j < (used ? job.out.cols : 0); j += formulas::sum_lanes) {
    const double* const curve = job.curves + job.first + j;
    const float above = formulas::above_curves(from[j], job.terms, [&](std::int64_t k) {
      return coefficients[k] * curve[k * job.in.cols];
    });
    to[j] = j + job.first < job.zero_before ? 0.0f : above;
  }
}

}  // namespace whiteline::kernels
