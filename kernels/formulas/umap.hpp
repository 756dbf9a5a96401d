// UMAP's layout (L. McInnes, J. Healy, J. Melville, arXiv:1802.03426): which edges are active in an
// epoch, and which rows are drawn. Its forces: layout_forces.hpp.
#pragma once

#include <cstdint>

#include "formulas/philox.hpp"
#include "host_device.hpp"

namespace whiteline::formulas {

constexpr int most_layout_dims = 8;

// In which order a row's forces act in one epoch. All rows move at once, from where they were.
// serial_order  one after the other: edge, its drawn rows, next edge; the row's own position moves
//               on in between
// implicit      all at the position of the epoch's begin; the pulls by an implicit step, which no
//               sum of pulls can overshoot
enum class LayoutVariant { serial_order, implicit };

// Similarity of two positions at squared distance D: 1 / (1 + a D^b).
struct LayoutCurve {
  float a, b;
  float repulsion;  // weight of the pushes (gamma)
};

// Share of epochs in which an edge is active, as a 32-bit fraction: weight / largest, which is in
// (0, 1]. The largest fraction stands for 1.
WL_HD inline std::uint32_t edge_activity(double weight, double largest) {
  const double share = weight / largest * 4294967296.0;
  return share >= 4294967295.0 ? 0xffffffffu : std::uint32_t(share);
}

// Where in its rhythm an edge begins: of the two rows' numbers, smaller first (with fixed rows: of
// the new row's key and the fixed row's number).
WL_HD inline std::uint32_t edge_phase(std::uint64_t seed, std::uint32_t row, std::uint32_t other) {
  return philox_block(seed, row, other, 0, Purpose::layout_edge).word[0];
}

// The same where neither or only the first row has a key in place of its number.
WL_HD inline std::uint32_t edge_phase(std::uint64_t seed, std::uint32_t row, std::uint32_t other,
                                      bool keyed) {
  const bool turned = !keyed && other < row;
  return edge_phase(seed, turned ? other : row, turned ? row : other);
}

// Whether an edge is active in this epoch, counted from 0: phase + (epoch + 1) activity passes a
// multiple of 2^32. In the first E epochs that is floor or ceil of E activity / 2^32 times.
WL_HD inline bool edge_is_active(std::uint32_t activity, std::uint32_t phase, std::uint32_t epoch) {
  return phase + (epoch + 1) * activity < activity || activity == 0xffffffffu;
}

// The words for four draws of a row in an epoch: draw s of its m-th active edge has slot
// m * draws + s, which is word slot % 4 of block slot / 4.
template <class W>
WL_HD inline PhiloxOf<W> draw_words(std::uint64_t seed, std::uint32_t epoch, W row,
                                    std::uint32_t block) {
  return philox<W>({{W(block), W(epoch), W(std::uint32_t(Purpose::layout_draw) << 8), row}},
                   std::uint32_t(seed), std::uint32_t(seed >> 32));
}
template <class W>
WL_HD inline W drawn_row(W word, W rows) {
  return high_product(word, rows);
}

}  // namespace whiteline::formulas
