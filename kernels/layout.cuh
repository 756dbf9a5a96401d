// Epochs of a layout (core/ops/layout.hpp).
#pragma once

#include "formulas/layout_forces.hpp"
#include "table.cuh"

namespace whiteline::kernels {

constexpr int layout_threads = 128;  // a block: 128 rows, or 32 threads a row

// A row's edges lie at [offsets[row], offsets[row + 1]); without keys (null) a row's key is its
// number.
struct LayoutEdges {
  const std::int64_t* offsets;
  const std::int32_t* neighbors;
  const std::uint32_t *activity, *keys;
  std::uint64_t seed;

  __device__ std::uint32_t key(std::int64_t row) const {
    return keys ? keys[row] : std::uint32_t(row);
  }
};

// The row and lane of a thread, where the warps of a grid are dealt to rows in order.
struct RowOfWarp {
  std::int64_t row;
  int lane;
};
__device__ inline RowOfWarp row_of_warp() {
  const std::int64_t thread = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  return {thread / warp_threads, int(thread % warp_threads)};
}

// phase[e] of every edge, and of each row the sum of its edges' activities. One warp a row.
__global__ void layout_phases(LayoutEdges edges, std::int64_t rows, std::uint32_t* phase,
                              std::uint64_t* total) {
  const auto [row, lane] = row_of_warp();
  if (row >= rows) return;
  const std::uint32_t own = edges.key(row);
  std::uint64_t sum = 0;
  for (std::int64_t e = edges.offsets[row] + lane; e < edges.offsets[row + 1]; e += warp_threads) {
    const auto other = std::uint32_t(edges.neighbors[e]);
    phase[e] = formulas::edge_phase(edges.seed, own, other, edges.keys != nullptr);
    sum += edges.activity[e];
  }
  for (int half = warp_threads / 2; half > 0; half /= 2)
    sum += __shfl_xor_sync(whole_warp, sum, half);
  if (lane == 0) total[row] = sum;
}

// active[offsets[row] + m] = the neighbor of the row's m-th active edge, m < counts[row]. One warp
// a row.
__global__ void list_active_edges(LayoutEdges edges, const std::uint32_t* phase, std::int64_t rows,
                                  std::uint32_t epoch, std::int32_t* active,
                                  std::uint32_t* counts) {
  const auto [row, lane] = row_of_warp();
  if (row >= rows) return;
  const std::int64_t begin = edges.offsets[row], end = edges.offsets[row + 1];
  unsigned count = 0;
  for (std::int64_t first = begin; first < end; first += warp_threads) {
    const std::int64_t e = first + lane;
    const bool acts = e < end && formulas::edge_is_active(edges.activity[e], phase[e], epoch);
    const unsigned in_warp = __ballot_sync(whole_warp, acts);
    if (acts) active[begin + count + __popc(in_warp & ((1u << lane) - 1))] = edges.neighbors[e];
    count += __popc(in_warp);
  }
  if (lane == 0) counts[row] = count;
}

// What all rows share in an epoch. Positions have `dims` numbers a row without gaps.
struct LayoutMoves {
  LayoutEdges edges;
  const std::int32_t* active;
  const std::uint32_t *counts, *order;  // order: rows with edges, busy ones first
  std::int64_t rows;                    // of `order`
  formulas::LayoutForces<float> forces;
  float pull_rate, push_rate;
  std::uint32_t epoch;
  int draws, dims;
  const float *others, *from;  // the same where no rows are fixed
  std::uint32_t other_rows;
  float* to;
};

template <int most>
__device__ void load_position(const float* from, std::int64_t row, int dims, float (&to)[most]) {
  if constexpr (most == 2) {
    struct alignas(8) Pair {
      float value[2];
    };
    const Pair pair = reinterpret_cast<const Pair*>(from)[row];
    to[0] = pair.value[0];
    to[1] = pair.value[1];
  } else {
    for (int c = 0; c < dims; ++c) to[c] = from[row * dims + c];
  }
}

// act(row drawn) for the draws of the row's m-th active edge, the row itself left out. `words` are
// those of the block `held`.
template <class Act>
__device__ void each_draw(const LayoutMoves& moves, std::int64_t row, std::uint32_t m,
                          formulas::PhiloxWords& words, std::uint32_t& held, const Act& act) {
  for (int s = 0; s < moves.draws; ++s) {
    const std::uint32_t slot = m * std::uint32_t(moves.draws) + std::uint32_t(s);
    if (slot / 4 != held) {
      held = slot / 4;
      words = formulas::draw_words(moves.edges.seed, moves.epoch, moves.edges.key(row), held);
    }
    const std::uint32_t even = slot & 2 ? words.word[2] : words.word[0];
    const std::uint32_t odd = slot & 2 ? words.word[3] : words.word[1];
    const std::uint32_t drawn = formulas::drawn_row(slot & 1 ? odd : even, moves.other_rows);
    if (moves.edges.keys || drawn != std::uint32_t(row)) act(drawn);
  }
}
constexpr std::uint32_t no_draws = 0xffffffffu;  // no block of words

// One thread a row.
template <int most>
__global__ void move_in_serial_order(LayoutMoves moves) {
  const std::int64_t thread = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (thread >= moves.rows) return;
  const int dims = most == 2 ? 2 : moves.dims;
  const std::int64_t row = moves.order[thread];
  const std::int32_t* const active = moves.active + moves.edges.offsets[row];
  float y[most], other[most], moved[most];
  load_position(moves.from, row, dims, y);
  formulas::PhiloxWords words{};
  std::uint32_t held = no_draws;
  for (std::uint32_t m = 0; m < moves.counts[row]; ++m) {
    load_position(moves.others, active[m], dims, other);
    formulas::pulled(moves.forces, moves.pull_rate, y, other, dims, moved);
    for (int c = 0; c < dims; ++c) y[c] = moved[c];
    each_draw(moves, row, m, words, held, [&](std::uint32_t drawn) {
      load_position(moves.others, drawn, dims, other);
      formulas::pushed(moves.forces, moves.push_rate, y, other, dims, moved);
      for (int c = 0; c < dims; ++c) y[c] = moved[c];
    });
  }
  for (int c = 0; c < dims; ++c) moves.to[row * dims + c] = y[c];
}

// One warp a row: its lanes are those of the sums.
template <int most>
__global__ void move_implicitly(LayoutMoves moves) {
  static_assert(warp_threads == formulas::layout_lanes);
  const auto [place, lane] = row_of_warp();
  if (place >= moves.rows) return;
  const int dims = most == 2 ? 2 : moves.dims;
  const std::int64_t row = moves.order[place];
  const std::int32_t* const active = moves.active + moves.edges.offsets[row];
  const std::uint32_t count = moves.counts[row];
  float y[most], other[most];
  load_position(moves.from, row, dims, y);
  formulas::ImplicitSums<float, most> sums;
  sums.clear(dims);
  formulas::PhiloxWords words{};
  std::uint32_t held = no_draws;
  for (std::uint32_t m = std::uint32_t(lane); m < count; m += warp_threads) {
    load_position(moves.others, active[m], dims, other);
    sums.pull(moves.forces, y, other, dims, true);
    each_draw(moves, row, m, words, held, [&](std::uint32_t drawn) {
      load_position(moves.others, drawn, dims, other);
      sums.push(moves.forces, y, other, dims, true);
    });
  }
  for (int half = warp_threads / 2; half > 0; half /= 2) {
    formulas::ImplicitSums<float, most> partner;
    partner.coefficients = __shfl_xor_sync(whole_warp, sums.coefficients, half);
    for (int c = 0; c < dims; ++c) {
      partner.pulls[c] = __shfl_xor_sync(whole_warp, sums.pulls[c], half);
      partner.pushes[c] = __shfl_xor_sync(whole_warp, sums.pushes[c], half);
    }
    sums.add(partner, dims);
  }
  if (count > 0) sums.step(moves.pull_rate, moves.push_rate, dims, y);
  if (lane == 0)
    for (int c = 0; c < dims; ++c) moves.to[row * dims + c] = y[c];
}

// to = from, whatever their strides. One thread a number.
__global__ void copy_positions(Table<const float> from, Table<float> to) {
  const std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < from.rows * from.cols)
    to.row(i / from.cols)[i % from.cols] = from.row(i / from.cols)[i % from.cols];
}

}  // namespace whiteline::kernels
