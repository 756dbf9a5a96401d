// UMAP's layout: positions of rows that their edges pull together and drawn rows push apart.
#pragma once

#include <cstdint>
#include <memory>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "formulas/umap.hpp"

namespace whiteline::core {

// Edges of row i: [offsets[i], offsets[i + 1]). No row has an edge to itself.
struct LayoutGraph {
  DeviceSpan<const std::int64_t> offsets;    // rows + 1, ascending from 0
  DeviceSpan<const std::int32_t> neighbors;  // ascending within a row
  DeviceSpan<const std::uint32_t> activity;  // formulas::edge_activity

  std::int64_t rows() const { return offsets.size - 1; }
};

// Rows that stay where they are, for new rows to be laid out among: edges lead to them, and drawn
// rows are of them.
struct FixedRows {
  ConstMatrixView positions;
  DeviceSpan<const std::uint32_t> keys;  // one a new row, in place of its number in what is drawn
};

struct LayoutParams {
  formulas::LayoutVariant variant = formulas::LayoutVariant::serial_order;
  formulas::LayoutCurve curve;
  float learning_rate = 1.0f;  // of epoch 0; falls to 0 along a line
  std::int32_t epochs = 0;     // of the whole layout, > 0
  std::int32_t draws = 5;      // rows drawn for each active edge (negative_sample_rate), >= 0
  std::uint64_t seed = 0;
};

// Refers to the memory it was made from; that must outlive it, unchanged.
class WHITELINE_EXPORT Layout {
 public:
  virtual ~Layout() = default;

  // Moves `positions`, rows x 1 .. formulas::most_layout_dims, through the epochs [begin, end) of
  // params.epochs. The result is the same however the epochs are cut into calls, and rows without
  // edges stay where they are. Per epoch: one read of the graph's lists, 6 forces and as many
  // gathered positions for each active edge at 5 draws. Positions are finite.
  virtual void advance(std::int32_t begin, std::int32_t end, MatrixView positions) = 0;
};

class WHITELINE_EXPORT LayoutOps {
 public:
  virtual ~LayoutOps() = default;

  // The layout of a symmetric graph: an edge's activity is the same in both directions, which are
  // then active in the same epochs, and each end is pulled twice (formulas/umap.hpp). May wait.
  virtual std::unique_ptr<Layout> layout(const LayoutGraph& graph, const LayoutParams& params) = 0;

  // The layout of new rows, one in each row of `graph`, whose neighbors are rows of `fixed`: each
  // is pulled once. A row's path depends on its edges and key alone, not on the rows beside it.
  virtual std::unique_ptr<Layout> layout_among(const LayoutGraph& graph, const FixedRows& fixed,
                                               const LayoutParams& params) = 0;
};

}  // namespace whiteline::core
