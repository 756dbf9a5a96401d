// Preparing spectra, one a row (core/ops/preprocess.hpp). Rows may be changed in place: an element
// is read and written by one thread.
#pragma once

#include "formulas/peaks.hpp"
#include "formulas/resample.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int preprocess_threads = 256;     // a block, sixteen a row
constexpr int resample_threads = 128;       // columns a block
constexpr std::int64_t resample_rows = 64;  // that a block takes at a time

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

// work(r) for the rows of a block that takes one column of each.
template <class Work>
__device__ void for_rows(std::int64_t rows, const Work& work) {
  for (std::int64_t begin = blockIdx.y * resample_rows; begin < rows;
       begin += gridDim.y * resample_rows) {
    const std::int64_t end = begin + resample_rows < rows ? begin + resample_rows : rows;
#pragma unroll 4
    for (std::int64_t r = begin; r < end; ++r) work(r);
  }
}

// A thread takes a column of `out`, whose place on the old axis it finds once.
__global__ void resample(Table<const float> in, double from_offset, double from_dispersion,
                         Table<float> out, double to_offset, double to_dispersion) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= out.cols) return;
  const formulas::ResamplePoint point = formulas::resample_point(
      from_offset, from_dispersion, in.cols, to_offset, to_dispersion, column);
  for_rows(out.rows, [&](std::int64_t r) {
    const float* const from = in.row(r);
    out.row(r)[column] =
        formulas::interpolated(from[point.left], from[point.right], point.fraction);
  });
}

__global__ void resample_counts(Table<const float> in, double from_offset, double from_dispersion,
                                Table<float> out, double to_offset, double to_dispersion) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= out.cols) return;
  const formulas::ResampleOverlap overlap = formulas::resample_overlap(
      from_offset, from_dispersion, in.cols, to_offset, to_dispersion, column);
  for_rows(out.rows, [&](std::int64_t r) {
    out.row(r)[column] = formulas::counts_within(in.row(r), overlap);
  });
}

// A thread an element of `out`: y x x pixels of rows `width` wide, `channels` channels.
__global__ void rebin(Table<const float> in, std::int64_t width, std::int64_t y, std::int64_t x,
                      std::int64_t channels, Table<float> out) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= out.cols) return;
  const std::int64_t blocks_across = width / x;
  for_rows(out.rows, [&](std::int64_t r) {
    const std::int64_t corner = r / blocks_across * y * width + r % blocks_across * x;
    double total = 0.0;
    for (std::int64_t c = column * channels; c < (column + 1) * channels; ++c) {
      double sum = 0.0;
      for (std::int64_t pixel = 0; pixel < y * x; ++pixel)
        sum += double(in.row(corner + pixel / x * width + pixel % x)[c]);
      total += sum;
    }
    out.row(r)[column] = float(total);
  });
}

// Sixteen threads a row.
__global__ void shift_rows(Table<const float> in, const double* shift, Table<float> out) {
  const auto [row, lane] = row_lane();
  if (row >= in.rows) return;
  const formulas::RowShift s = formulas::row_shift(shift[row], in.cols);
  const float* const from = in.row(row);
  float* const to = out.row(row);
#pragma unroll 4
  for (std::int64_t j = lane; j < in.cols; j += formulas::sum_lanes) {
    if (j < s.begin) {
      to[j] = from[0];
    } else if (j >= s.end) {
      to[j] = from[in.cols - 1];
    } else {
      const std::int64_t left = j - s.whole;
      to[j] = s.fraction > 0.0 ? formulas::interpolated(from[left], from[left + 1], s.fraction)
                               : from[left];
    }
  }
}

// A thread a row.
__global__ void peaks(Table<const float> in, bool parabola, std::int64_t begin, std::int64_t end,
                      std::int64_t half_width, double* position) {
  const std::int64_t row = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (row >= in.rows) return;
  const std::int64_t top = formulas::highest(in.row(row), begin, end);
  position[row] = parabola ? formulas::parabola_position(in.row(row), top, in.cols)
                           : formulas::centroid_position(in.row(row), top, half_width, in.cols);
}

// Factors and centres that are null are 1 and 0. Sixteen threads a row.
__global__ void standardise(Table<const float> in, const double* row_scale,
                            const double* column_scale, const double* centre, Table<float> out) {
  const auto [row, lane] = row_lane();
  if (row >= in.rows) return;
  const double scale = row_scale ? row_scale[row] : 1.0;
#pragma unroll 4
  for (std::int64_t j = lane; j < in.cols; j += formulas::sum_lanes)
    out.row(row)[j] = formulas::standardised(
        in.row(row)[j], scale, column_scale ? column_scale[j] : 1.0, centre ? centre[j] : 0.0);
}

}  // namespace whiteline::kernels
