// One square tile of a product of rows, left rows times right rows, by one block: the float32 dot
// products of kernel_matrix.hpp, in the contract's order whatever the tile.
#pragma once

#include "formulas/kernel_function.hpp"
#include "table.cuh"

namespace whiteline::kernels {

// A tile of size x size elements, of which each thread has per_thread x per_thread: rows and
// columns in groups of four, groups as far apart as the threads of a side reach. Threads of a warp
// are 4 down and 8 across, so that a warp reads 64 and 128 bytes in a row from shared memory and
// writes 128 (mirrored: 64) bytes in a row.
template <int size_, int per_thread_, int depth_>
struct Tile {
  static constexpr int size = size_, per_thread = per_thread_;
  static constexpr int depth = depth_;                    // channels in shared memory at a time
  static constexpr int groups = per_thread / 4;           // of four rows, and of four columns
  static constexpr int group_step = size / groups;        // from one to the next
  static constexpr int side_threads = size / per_thread;  // down, and across
  static constexpr int threads = side_threads * side_threads;
  static constexpr int row_floats = size + 4;               // of shared memory: no bank conflicts
  static constexpr int quads = size * depth / 4 / threads;  // that a thread loads, each side
  static constexpr int dot_stages = int(formulas::dot_block / depth);
  static constexpr int blocks_per_multiprocessor = per_thread == 8 ? 2 : 512 / threads;
  static_assert(formulas::dot_block % depth == 0 && threads % warp_threads == 0 && quads > 0);

  // Of one thread: its first row and column in the tile; the others follow from `offset`.
  struct Place {
    int row, column;
  };
  __device__ static Place place() {
    constexpr int warps_across = side_threads / 8;
    const int warp = int(threadIdx.x) / warp_threads, lane = int(threadIdx.x) % warp_threads;
    return {(warp / warps_across * 4 + lane / 8) * 4, (warp % warps_across * 8 + lane % 8) * 4};
  }
  static constexpr WL_HD int offset(int i) { return i / 4 * group_step + i % 4; }

  // Shared memory that products of more than one dot block need: all totals so far.
  static std::size_t parked_bytes(std::int64_t channels) {
    return channels > formulas::dot_block ? sizeof(float) * size * size : 0;
  }
};

using LargeTile = Tile<128, 8, 8>;
using MediumTile = Tile<64, 4, 16>;
using SmallTile = Tile<32, 4, 16>;

// Which Quads a thread brings of rows that are turned around on their way to shared memory. A warp
// takes 16 rows and 8 channels at a time: whole sectors of memory, and no bank of shared memory
// twice.
template <class T>
struct TurnedQuads {
  static constexpr int row_groups = T::size / 16;
  __device__ static int chunk(int i) { return (i * T::threads + int(threadIdx.x)) / warp_threads; }
  __device__ static int row(int i) { return chunk(i) % row_groups * 16 + int(threadIdx.x) % 16; }
  __device__ static int channel(int i) {
    return chunk(i) / row_groups * 8 + int(threadIdx.x) % warp_threads / 16 * 4;
  }
};

// Brings the channels of up to size rows from memory, through registers, to shared memory as
// [channel][row]. `row_data(r)` is where row r lies, or null: such rows, and channels that do not
// exist, are zeros.
template <class T>
class RowLoader {
 public:
  template <class RowData>
  __device__ RowLoader(const RowData& row_data, std::int64_t first_row, std::int64_t channels,
                       bool has_quads)
      : channels_(int(channels)), has_quads_(has_quads) {
#pragma unroll
    for (int i = 0; i < T::quads; ++i) {
      const float* const row = row_data(first_row + Place::row(i));
      from_[i] = row ? row + Place::channel(i) : nullptr;
    }
  }

  __device__ void load(int first_channel) {
#pragma unroll
    for (int i = 0; i < T::quads; ++i) held_[i] = quad(i, first_channel);
  }

  __device__ void store(float (&to)[T::depth][T::row_floats]) const {
#pragma unroll
    for (int i = 0; i < T::quads; ++i)
#pragma unroll
      for (int c = 0; c < 4; ++c) to[Place::channel(i) + c][Place::row(i)] = held_[i].value[c];
  }

 private:
  using Place = TurnedQuads<T>;

  __device__ Quad quad(int i, int first_channel) const {
    Quad read{};
    if (!from_[i]) return read;
    const float* const from = from_[i] + first_channel;
    const int left = channels_ - first_channel - Place::channel(i);
    if (has_quads_ && left >= 4) return *reinterpret_cast<const Quad*>(from);
#pragma unroll
    for (int c = 0; c < 4; ++c)
      if (c < left) read.value[c] = from[c];
    return read;
  }

  int channels_;
  bool has_quads_;
  const float* from_[T::quads];
  Quad held_[T::quads];
};

// Two stages of each side: one is multiplied while the other fills.
template <class T>
struct Stages {
  alignas(16) float left[2][T::depth][T::row_floats];
  alignas(16) float right[2][T::depth][T::row_floats];
};

template <class T>
struct Sums {
  float value[T::per_thread][T::per_thread];
};

template <class T>
__device__ void clear(Sums<T>& sums) {
#pragma unroll
  for (int i = 0; i < T::per_thread; ++i)
#pragma unroll
    for (int j = 0; j < T::per_thread; ++j) sums.value[i][j] = 0.0f;
}

template <class T>
__device__ void multiply_stage(const float (&left)[T::depth][T::row_floats],
                               const float (&right)[T::depth][T::row_floats], typename T::Place at,
                               Sums<T>& sums) {
#pragma unroll
  for (int k = 0; k < T::depth; ++k) {
    Quad rows[T::groups], columns[T::groups];
#pragma unroll
    for (int g = 0; g < T::groups; ++g) {
      rows[g] = *reinterpret_cast<const Quad*>(&left[k][at.row + g * T::group_step]);
      columns[g] = *reinterpret_cast<const Quad*>(&right[k][at.column + g * T::group_step]);
    }
#pragma unroll
    for (int i = 0; i < T::per_thread; ++i)
#pragma unroll
      for (int j = 0; j < T::per_thread; ++j)
        sums.value[i][j] = formulas::multiply_add(rows[i / 4].value[i % 4],
                                                  columns[j / 4].value[j % 4], sums.value[i][j]);
  }
}

// sums += what the thread parked before (`first`: nothing, which is 0).
template <class T>
__device__ void add_parked(const Quad* parked, bool first, Sums<T>& sums) {
#pragma unroll
  for (int e = 0; e < T::per_thread * T::per_thread; e += 4) {
    const Quad total = first ? Quad{} : parked[e / 4 * T::threads + threadIdx.x];
#pragma unroll
    for (int c = 0; c < 4; ++c) {
      float& sum = sums.value[e / T::per_thread][e % T::per_thread + c];
      sum = total.value[c] + sum;
    }
  }
}

template <class T>
__device__ void park(const Sums<T>& sums, Quad* parked) {
#pragma unroll
  for (int e = 0; e < T::per_thread * T::per_thread; e += 4) {
    Quad total;
#pragma unroll
    for (int c = 0; c < 4; ++c)
      total.value[c] = sums.value[e / T::per_thread][e % T::per_thread + c];
    parked[e / 4 * T::threads + threadIdx.x] = total;
  }
}

// sums = dot products of the thread's rows of `left` from first_left on and of `right` from
// first_right on, both as RowLoader takes them. Totals wait in `parked` (T::parked_bytes) while a
// dot block is summed: in registers they would halve the number of blocks at work. All threads of
// the block come along; `stages` may be used again on return.
template <class T, class Left, class Right>
__device__ void tile_product(const Left& left, std::int64_t first_left, const Right& right,
                             std::int64_t first_right, std::int64_t channels, bool has_quads,
                             Stages<T>& stages, Quad* parked, Sums<T>& sums) {
  const int count = int((channels + T::depth - 1) / T::depth);
  const typename T::Place at = T::place();
  RowLoader<T> left_loader(left, first_left, channels, has_quads),
      right_loader(right, first_right, channels, has_quads);
  clear(sums);
  if (count > 0) {
    left_loader.load(0);
    right_loader.load(0);
    left_loader.store(stages.left[0]);
    right_loader.store(stages.right[0]);
  }
  __syncthreads();
  for (int s = 0; s < count; ++s) {
    const int now = s % 2, next = 1 - now;
    if (s + 1 < count) {
      left_loader.load((s + 1) * T::depth);
      right_loader.load((s + 1) * T::depth);
    }
    multiply_stage<T>(stages.left[now], stages.right[now], at, sums);
    if (s + 1 < count) {
      left_loader.store(stages.left[next]);
      right_loader.store(stages.right[next]);
      if ((s + 1) % T::dot_stages == 0) {
        add_parked(parked, s + 1 == T::dot_stages, sums);
        park(sums, parked);
        clear(sums);
      }
    }
    __syncthreads();
  }
  add_parked(parked, count <= T::dot_stages, sums);
}

}  // namespace whiteline::kernels
