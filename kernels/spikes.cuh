// Removing X-ray spikes (core/ops/preprocess.hpp, formulas/spikes.hpp).
#pragma once

#include "formulas/math.hpp"
#include "formulas/spikes.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

// The element of rank `rank` of `count` numbers: that with `rank` others before it, where equal
// ones are ordered by their place.
template <class Element>
__device__ float ranked(int count, int rank, const Element& element) {
  for (int i = 0; i < count; ++i) {
    const float value = element(i);
    int before = 0;
    for (int k = 0; k < count; ++k) {
      const float other = element(k);
      before += other < value || (other == value && k < i) ? 1 : 0;
    }
    if (before == rank) return value;
  }
  return 0.0f;
}

// Of each channel: the median of its window, the median distance from it within the window, and
// its own distance. A thread a channel.
__global__ void local_medians(Table<const float> in, int half_window, Table<float> medians,
                              Table<float> local, Table<float> distances) {
  const std::int64_t column = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (column >= in.cols) return;
  const formulas::LocalWindow window = formulas::local_window(column, half_window, in.cols);
  const int count = int(window.end - window.begin), rank = int(formulas::median_rank(count));
  for (std::int64_t row = blockIdx.y; row < in.rows; row += gridDim.y) {
    const float* const inside = in.row(row) + window.begin;
    const float median = ranked(count, rank, [&](int i) { return inside[i]; });
    medians.row(row)[column] = median;
    local.row(row)[column] =
        ranked(count, rank, [&](int i) { return formulas::distance(inside[i], median); });
    distances.row(row)[column] = formulas::distance(in.row(row)[column], median);
  }
}

// The number of rank `rank` among `count` that are not negative, whose bits rise with them: one bit
// after the other, from the highest. Sixteen threads together.
__device__ inline float ranked_by_bits(const float* numbers, std::int64_t count, std::int64_t rank,
                                       int lane) {
  std::uint32_t prefix = 0;
  for (int bit = 30; bit >= 0; --bit) {
    const std::uint32_t next = prefix | (1u << bit);
    std::int64_t below = 0;  // numbers of this prefix whose next bit is 0, and all before them
    for (std::int64_t i = lane; i < count; i += formulas::sum_lanes)
      below += __float_as_uint(numbers[i]) < next ? 1 : 0;
    below = lanes_total(below);
    if (below <= rank) prefix = next;
  }
  return formulas::from_bits(prefix);
}

// out = in without spikes, sixteen threads a row.
__global__ void replace_spikes(Table<const float> in, double threshold, Table<const float> medians,
                               Table<const float> local, Table<const float> distances,
                               Table<float> out, std::int32_t* spikes) {
  const auto [row, lane] = row_lane();
  const bool used = row < in.rows;
  const std::int64_t r = used ? row : 0, columns = used ? in.cols : 0;
  const float* const distance = distances.row(r);
  const double mean =
      lanes_sum(columns, lane, [&](std::int64_t c) { return double(distance[c]); }) /
      double(in.cols);
  const float median = ranked_by_bits(distance, columns, formulas::median_rank(in.cols), lane);
  const double whole = formulas::whole_sigma(median, mean);
  std::int32_t count = 0;
  for (std::int64_t c = lane; c < columns; c += formulas::sum_lanes) {
    const float value = in.row(r)[c], middle = medians.row(r)[c];
    const bool spike = formulas::is_spike(value, middle, local.row(r)[c], whole, threshold);
    out.row(r)[c] = spike ? middle : value;
    count += spike ? 1 : 0;
  }
  count = lanes_total(count);
  if (used && lane == 0) spikes[row] = count;
}

}  // namespace whiteline::kernels
