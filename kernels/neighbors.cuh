// Nearest rows (core/ops/neighbors.hpp).
#pragma once

#include "formulas/near_bound.hpp"
#include "row_lanes.cuh"

namespace whiteline::kernels {

constexpr int centre_threads = 256;  // a block, sixteen a row
constexpr int select_threads = 256;  // a block, which is one row; one thread a bin
constexpr int bin_bits = 8;
constexpr int rank_threads = 256;  // a block, 32 a pair of rows
constexpr int sort_threads = 256;  // a block, which is one row

// out = x minus the mean of its row; zeros for rows that do not vary.
__global__ void centre_rows(Table<const float> x, Table<float> out) {
  const auto [row, lane] = row_lane();
  const bool used = row < x.rows;
  const float* const values = x.row(used ? row : 0);
  const std::int64_t cols = used ? x.cols : 0;
  const double sum = lanes_sum(cols, lane, [&](std::int64_t c) { return double(values[c]); });
  const double mean = sum / double(x.cols);
  double square = 0.0;
#pragma unroll 4
  for (std::int64_t c = lane; c < cols; c += formulas::sum_lanes) {
    const double difference = double(values[c]) - mean;
    square = fma(difference, difference, square);
  }
  square = lanes_total(square);
  const bool constant = formulas::is_constant(square, mean, x.cols);
#pragma unroll 4
  for (std::int64_t c = lane; c < cols; c += formulas::sum_lanes)
    out.row(row)[c] = constant ? 0.0f : float(double(values[c]) - mean);
}

// Keys of one row of dot products with all other rows.
struct ProductKeys {
  Table<const float> products;
  const float *norms, *other_norms;   // squared
  std::int64_t first_row, row_shift;  // of products' row 0; (r, r + row_shift) is left out

  __device__ std::int64_t columns() const { return products.cols; }
  __device__ bool has(std::int64_t row, std::int64_t column) const {
    return column < products.cols && first_row + row + row_shift != column;
  }
  __device__ std::uint64_t operator()(std::int64_t row, std::int64_t column) const {
    return formulas::near_key(
        formulas::squared_distance(norms[first_row + row], other_norms[column],
                                   products.row(row)[column]),
        std::int32_t(column));
  }
};

// Keys that lie in memory; all bits set: none.
struct StoredKeys {
  const std::uint64_t* keys;
  std::int64_t cols;

  __device__ std::int64_t columns() const { return cols; }
  __device__ bool has(std::int64_t row, std::int64_t column) const {
    return column < cols && ~keys[row * cols + column] != 0;
  }
  __device__ std::uint64_t operator()(std::int64_t row, std::int64_t column) const {
    return keys[row * cols + column];
  }
};

// The count-th smallest of the row's keys, which all differ; for the whole block.
template <class Keys>
__device__ std::uint64_t nth_smallest(const Keys& keys, std::int64_t row, std::int64_t count) {
  WL_SHARED(int, bins, [1 << bin_bits]);
  std::uint64_t found = 0;
  for (int shift = 64 - bin_bits; shift >= 0; shift -= bin_bits) {
    bins[threadIdx.x] = 0;
    __syncthreads();
    for (std::int64_t c = threadIdx.x; c < keys.columns(); c += select_threads) {
      if (!keys.has(row, c)) continue;
      const std::uint64_t key = keys(row, c) >> shift;
      if (key >> bin_bits == found) atomicAdd(&bins[key & ((1 << bin_bits) - 1)], 1);
    }
    __syncthreads();
    int bin = 0;
    for (; bins[bin] < count; ++bin) count -= bins[bin];
    found = found << bin_bits | std::uint64_t(bin);
    __syncthreads();  // all have read the bins
  }
  return found;
}

// write(place, column, key) for the row's keys up to `largest`, places and columns ascending; by
// the whole block. How many.
template <class Keys, class Write>
__device__ std::int64_t each_up_to(const Keys& keys, std::int64_t row, std::uint64_t largest,
                                   const Write& write) {
  WL_SHARED(int, warp_count, [select_threads / warp_threads]);
  const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
  std::int64_t count = 0;
  for (std::int64_t first = 0; first < keys.columns(); first += select_threads) {
    const std::int64_t column = first + threadIdx.x;
    const std::uint64_t key = keys.has(row, column) ? keys(row, column) : ~std::uint64_t(0);
    const bool chosen = key <= largest;
    const unsigned in_warp = __ballot_sync(whole_warp, chosen);
    if (lane == 0) warp_count[warp] = __popc(in_warp);
    __syncthreads();
    std::int64_t before = count + __popc(in_warp & ((1u << lane) - 1));
    for (int w = 0; w < select_threads / warp_threads; ++w) {
      if (w < warp) before += warp_count[w];
      count += warp_count[w];
    }
    if (chosen) write(before, column, key);
    __syncthreads();
  }
  return count;
}

struct NearJob {
  ProductKeys keys;
  formulas::NearBound bound;
  std::int64_t k, most, others;
  std::int32_t *near, *counts;  // of products' rows; `most` a row
};

// near[row * most + m], m < counts[row]: the columns within near_reach() of the row, ascending;
// none where they are `most` or more, and not all others. One block a row.
__global__ void select_near_rows(NearJob job) {
  const std::int64_t row = blockIdx.x;
  const float kth = formulas::key_distance(nth_smallest(job.keys, row, job.k));
  const double norm = sqrt(double(job.keys.norms[job.keys.first_row + row]));
  const std::uint64_t last =
      formulas::near_key(formulas::near_reach(job.bound, norm, 0.0, kth), -1);
  const std::int64_t count =
      each_up_to(job.keys, row, last, [&](std::int64_t place, std::int64_t column, std::uint64_t) {
        if (place < job.most) job.near[row * job.most + place] = std::int32_t(column);
      });
  if (threadIdx.x == 0)
    job.counts[row] = count < job.most || job.most == job.others ? std::int32_t(count) : 0;
}

// out[row * count + m]: the `count` smallest keys, in the order they lie in. One block a row.
__global__ void select_keys(StoredKeys keys, std::int64_t count, std::uint64_t* out) {
  const std::int64_t row = blockIdx.x;
  const std::uint64_t largest = nth_smallest(keys, row, count);
  each_up_to(keys, row, largest, [&](std::int64_t place, std::int64_t, std::uint64_t key) {
    out[row * count + place] = key;
  });
}

struct RankJob {
  Table<const float> left, right;
  const std::int32_t* which;       // rows of left; null: 0, 1, 2, ...
  const std::int32_t* candidates;  // rows of right, `count` a row; null: all of them
  const std::int32_t* counts;      // of the candidates of a row, in use
  std::int64_t rows, count;
  std::int64_t row_shift;  // without candidates: (r, r + row_shift) is left out
  std::uint64_t* keys;     // rows x count
};

// Keys of pairs by the distance that decides, a warp a pair: its lanes are those of the sum.
__global__ void rank_pairs(RankJob job) {
  const std::int64_t thread = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  const std::int64_t pair = thread / warp_threads;
  const int lane = int(thread % warp_threads);
  const bool inside = pair < job.rows * job.count;
  const std::int64_t i = inside ? pair / job.count : 0;
  const bool used = inside && (!job.candidates || pair % job.count < job.counts[i]);
  const std::int64_t row = job.which ? job.which[i] : i;
  const std::int64_t other = !used ? 0 : job.candidates ? job.candidates[pair] : pair % job.count;
  const float sum = warp_squared_distance(job.left.row(row), job.right.row(other),
                                          used ? job.left.cols : 0, lane);
  if (!used || lane != 0) return;
  const bool left_out = !job.candidates && other == row + job.row_shift;
  job.keys[pair] = left_out ? ~std::uint64_t(0) : formulas::near_key(sum, std::int32_t(other));
}

struct SortJob {
  const std::uint64_t* keys;   // `stride` a row
  const std::int32_t* counts;  // in use; null: all
  std::int64_t stride, k;
  const std::int32_t* to;  // a row of `out` for each; null: the row itself
  std::uint64_t* out;
};

// out[to[row] * k + m]: the k smallest keys of each row that has as many, ascending. One block a
// row, with memory for the next power of two of its keys.
__global__ void sort_keys(SortJob job) {
  WL_DYN_SHARED(std::uint64_t, sorted);
  const std::int64_t row = blockIdx.x;
  const std::int64_t count = job.counts ? job.counts[row] : job.stride;
  if (count < job.k) return;
  std::int64_t padded = 1;
  while (padded < count) padded *= 2;
  for (std::int64_t i = threadIdx.x; i < padded; i += sort_threads)
    sorted[i] = i < count ? job.keys[row * job.stride + i] : ~std::uint64_t(0);
  for (std::int64_t size = 2; size <= padded; size *= 2)  // bitonic
    for (std::int64_t step = size / 2; step > 0; step /= 2) {
      __syncthreads();
      for (std::int64_t i = threadIdx.x; i < padded; i += sort_threads) {
        const std::int64_t partner = i ^ step;
        if (partner < i) continue;
        const std::uint64_t a = sorted[i], b = sorted[partner];
        if ((a > b) != ((i & size) == 0)) continue;
        sorted[i] = b;
        sorted[partner] = a;
      }
    }
  __syncthreads();
  const std::int64_t place = job.to ? job.to[row] : row;
  for (std::int64_t m = threadIdx.x; m < job.k; m += sort_threads)
    job.out[place * job.k + m] = sorted[m];
}

}  // namespace whiteline::kernels
