// UMAP's layout, one row in each lane of a vector. Only for vector_kernels_*.cpp.
#pragma once

#include <cstdint>

#include "cpu/tile_kernels.hpp"
#include "cpu/vector_kernels.hpp"
#include "formulas/layout_forces.hpp"

namespace whiteline::cpu {

// In serial order one force waits for the one before: three vectors of rows fill the gaps.
constexpr int layout_vectors = 3;

template <class F, class W>
void active_edges(const LayoutEdges& edges, std::uint32_t first_epoch, int epochs,
                  std::int32_t* const* lists, std::int32_t* counts) {
  for (std::int64_t e = 0; e < edges.count; e += F::lanes) {
    const auto used = F::first(at_most_lanes<F>(edges.count - e));
    const W activity = W::load(edges.activity + e, used),
            neighbor = W::load(edges.neighbors + e, used);
    const auto always = activity == W(0xffffffffu);
    W place = W::load(edges.phase + e, used) + W(first_epoch + 1) * activity;
    for (int epoch = 0; epoch < epochs; ++epoch) {  // as formulas::edge_is_active
      counts[epoch] += append(neighbor, (place < activity) | always, lists[epoch] + counts[epoch]);
      place = place + activity;
    }
  }
}

template <class F, class W, int most>
inline void gather_positions(const float* from, W row, int dims, F (&to)[most]) {
  if constexpr (most == 2)
    gather_pairs(from, row, to[0], to[1]);
  else
    for (int c = 0; c < dims; ++c)
      to[c] = gather(from, row * W(std::uint32_t(dims)) + W(std::uint32_t(c)));
}

// The rows of `vectors` vectors, from lane `begin` on.
template <class F, class W, int most, int vectors>
struct MovingRows {
  W key[vectors], first[vectors], active[vectors], self[vectors];
  F y[vectors][most];
  std::uint32_t longest;  // list

  MovingRows(const LayoutEpoch& epoch, const LayoutRows& rows, int begin, int dims)
      : longest(rows.active[begin]) {
    for (int v = 0; v < vectors; ++v) {
      const int lane = begin + v * F::lanes;
      const W row = W::load(rows.row + lane);
      key[v] = W::load(rows.key + lane);
      first[v] = W::load(rows.first + lane);
      active[v] = W::load(rows.active + lane);
      self[v] = epoch.fixed ? W(0xffffffffu) : row;
      gather_positions(epoch.from, row, dims, y[v]);
    }
  }

  void store(const LayoutEpoch& epoch, const LayoutRows& rows, int begin, int dims) const {
    for (int v = 0; v < vectors; ++v)
      for (int c = 0; c < dims; ++c) {
        float lane[F::lanes];
        y[v][c].store(lane);
        const int first_lane = begin + v * F::lanes;
        for (int l = 0; l < F::lanes && first_lane + l < rows.count; ++l)
          epoch.to[std::int64_t(rows.row[first_lane + l]) * dims + c] = lane[l];
      }
  }
};

template <class F, class W, int most>
inline void move_in_serial_order(const LayoutEpoch& epoch, const LayoutRows& rows) {
  constexpr int vectors = layout_vectors;
  const int dims = most == 2 ? 2 : epoch.dims;
  const formulas::LayoutForces<F> forces{F(epoch.forces.b), F(epoch.forces.log2_a),
                                         F(epoch.forces.twice_b), F(epoch.forces.push)};
  const F pull_rate(epoch.pull_rate), push_rate(epoch.push_rate);
  MovingRows<F, W, most, vectors> moving(epoch, rows, 0, dims);
  F other[most], moved[most];
  formulas::PhiloxOf<W> words[vectors];
  std::uint32_t slot = 0;
  for (std::uint32_t m = 0; m < moving.longest; ++m) {
    typename F::Mask acts[vectors];
#pragma GCC unroll 3
    for (int v = 0; v < vectors; ++v) {
      acts[v] = W(m) < moving.active[v];
      const W place = select(acts[v], moving.first[v] + W(m), W(0u));
      gather_positions(epoch.others, gather_words(rows.neighbors, place), dims, other);
      formulas::pulled(forces, pull_rate, moving.y[v], other, dims, moved);
      for (int c = 0; c < dims; ++c) moving.y[v][c] = select(acts[v], moved[c], moving.y[v][c]);
    }
    for (int s = 0; s < epoch.draws; ++s, ++slot) {
#pragma GCC unroll 3
      for (int v = 0; v < vectors; ++v) {
        if (slot % 4 == 0)
          words[v] = formulas::draw_words(epoch.seed, epoch.number, moving.key[v], slot / 4);
        const W drawn = formulas::drawn_row(words[v].word[slot % 4], W(epoch.other_rows));
        gather_positions(epoch.others, drawn, dims, other);
        formulas::pushed(forces, push_rate, moving.y[v], other, dims, moved);
        const auto pushes = acts[v] & (drawn != moving.self[v]);
        for (int c = 0; c < dims; ++c) moving.y[v][c] = select(pushes, moved[c], moving.y[v][c]);
      }
    }
  }
  moving.store(epoch, rows, 0, dims);
}

template <class F, class W, int most>
inline void move_implicitly(const LayoutEpoch& epoch, const LayoutRows& rows, int begin) {
  constexpr int lanes = formulas::layout_lanes;
  const int dims = most == 2 ? 2 : epoch.dims;
  const formulas::LayoutForces<F> forces{F(epoch.forces.b), F(epoch.forces.log2_a),
                                         F(epoch.forces.twice_b), F(epoch.forces.push)};
  MovingRows<F, W, most, 1> moving(epoch, rows, begin, dims);
  F(&y)[most] = moving.y[0];
  formulas::ImplicitSums<F, most> sums[lanes];
  for (auto& lane : sums) lane.clear(dims);
  F other[most];
  formulas::PhiloxOf<W> words;
  std::uint32_t slot = 0;
  for (std::uint32_t m = 0; m < moving.longest; ++m) {
    formulas::ImplicitSums<F, most>& lane = sums[m % lanes];
    const auto acts = W(m) < moving.active[0];
    const W place = select(acts, moving.first[0] + W(m), W(0u));
    gather_positions(epoch.others, gather_words(rows.neighbors, place), dims, other);
    lane.pull(forces, y, other, dims, acts);
    for (int s = 0; s < epoch.draws; ++s, ++slot) {
      if (slot % 4 == 0)
        words = formulas::draw_words(epoch.seed, epoch.number, moving.key[0], slot / 4);
      const W drawn = formulas::drawn_row(words.word[slot % 4], W(epoch.other_rows));
      gather_positions(epoch.others, drawn, dims, other);
      lane.push(forces, y, other, dims, acts & (drawn != moving.self[0]));
    }
  }
  for (int half = lanes / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) sums[l].add(sums[l + half], dims);
  sums[0].step(F(epoch.pull_rate), F(epoch.push_rate), dims, y);
  moving.store(epoch, rows, begin, dims);
}

template <class F, class W>
void move_rows(const LayoutEpoch& epoch, const LayoutRows& rows) {
  const bool plane = epoch.dims == 2;
  if (epoch.variant == formulas::LayoutVariant::serial_order)
    plane ? move_in_serial_order<F, W, 2>(epoch, rows)
          : move_in_serial_order<F, W, formulas::most_layout_dims>(epoch, rows);
  else
    for (int begin = 0; begin < rows.count; begin += F::lanes)
      plane ? move_implicitly<F, W, 2>(epoch, rows, begin)
            : move_implicitly<F, W, formulas::most_layout_dims>(epoch, rows, begin);
}

}  // namespace whiteline::cpu
