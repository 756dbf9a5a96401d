// Preparing spectra, one a row (core/ops/preprocess.hpp). Rows may be changed in place: an element
// is read and written by one thread.
#pragma once

#include "formulas/background.hpp"
#include "formulas/resample.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int preprocess_threads = 256;     // a block, sixteen a row
constexpr int resample_threads = 128;       // columns a block
constexpr std::int64_t resample_rows = 64;  // that a block takes at a time

// u of every channel of the spectra that the window is for.
__global__ void channel_abscissae(formulas::PowerLawWindow window, std::int64_t channels,
                                  double* u) {
  const std::int64_t channel = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (channel < channels) u[channel] = window.u(channel);
}

struct BackgroundJob {
  Table<const float> in;
  formulas::PowerLawWindow window;
  bool two_area;
  const double* u;     // of each channel of `in`
  std::int64_t first;  // column of `in` that becomes column 0 of `out`
  Table<float> out;
  double* parameters;
};

// The law of the row with these counts; sixteen threads together, all of which get it.
__device__ inline formulas::PowerLaw fit_background(const BackgroundJob& job, const float* counts,
                                                    bool used, int lane) {
  const formulas::PowerLawWindow& w = job.window;
  const std::int64_t size = used ? w.end - w.begin : 0, half = used ? w.middle - w.begin : 0;
  const float* const inside = counts + w.begin;
  const auto count = [&](std::int64_t i) { return double(inside[i]); };
  const double low = lanes_sum(half, lane, count);
  const double high =
      lanes_sum(size - half, lane, [&](std::int64_t i) { return double(inside[half + i]); });
  const formulas::PowerLaw areas = formulas::power_law_of_areas(w, low, high);
  const std::int64_t fitted = job.two_area || !areas.valid ? 0 : size;
  double sum = 0.0, moment = 0.0;
  for (std::int64_t i = lane; i < fitted; i += formulas::sum_lanes) {
    const double u = job.u[w.begin + i];
    const double logarithm = formulas::log_counts(areas, inside[i], u);
    sum += logarithm;
    moment += (u - w.mean) * logarithm;
  }
  sum = lanes_total(sum);  // all threads of the warp come here, whatever their row
  moment = lanes_total(moment);
  return fitted > 0 ? formulas::power_law_of_line(w, areas, sum, moment) : areas;
}

// Fits and subtracts the background, sixteen threads a row.
__global__ void subtract_power_law(BackgroundJob job) {
  const auto [row, lane] = row_lane();
  const bool used = row < job.in.rows;
  const float* const counts = job.in.row(used ? row : 0);
  const formulas::PowerLaw law = fit_background(job, counts, used, lane);
  __syncwarp();  // the window has been read before any of it is written
  if (used && lane == 0) {
    job.parameters[2 * row] = formulas::power_law_amplitude(job.window, law);
    job.parameters[2 * row + 1] = law.exponent;
  }
  const float* const from = counts + job.first;
  const double* const u = job.u + job.first;
  float* const to = job.out.row(used ? row : 0);
#pragma unroll 4
  for (std::int64_t j = lane; j < (used ? job.out.cols : 0); j += formulas::sum_lanes)
    to[j] = law.valid ? formulas::above_background(law, from[j], u[j]) : from[j];
}

// out[r, j] = in[r, j] * row_scale(values[r]), sixteen threads a row.
__global__ void divide_rows(Table<const float> in, const double* values, bool square_root,
                            double factor, Table<float> out) {
  const auto [row, lane] = row_lane();
  if (row >= in.rows) return;
  const double scale = formulas::row_scale(values[row], square_root, factor);
  const float* const from = in.row(row);
  float* const to = out.row(row);
#pragma unroll 4
  for (std::int64_t j = lane; j < in.cols; j += formulas::sum_lanes)
    to[j] = formulas::scaled(from[j], scale);
}

// A thread takes a column of `out`, whose place on the old axis it finds once.
__global__ void resample(Table<const float> in, double from_offset, double from_dispersion,
                         Table<float> out, double to_offset, double to_dispersion) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= out.cols) return;
  const formulas::ResamplePoint point = formulas::resample_point(
      from_offset, from_dispersion, in.cols, to_offset, to_dispersion, column);
  for (std::int64_t begin = blockIdx.y * resample_rows; begin < out.rows;
       begin += gridDim.y * resample_rows) {
    const std::int64_t end = begin + resample_rows < out.rows ? begin + resample_rows : out.rows;
#pragma unroll 4
    for (std::int64_t r = begin; r < end; ++r) {
      const float* const from = in.row(r);
      out.row(r)[column] =
          formulas::interpolated(from[point.left], from[point.right], point.fraction);
    }
  }
}

}  // namespace whiteline::kernels
