// Which blocks a product of network_product.cuh is done by: decided by its shape alone, as the
// order of the sums depends on it.
#pragma once

#include "cuda/network_ops.cuh"
#include "cuda/tiles.cuh"
#include "network_product.cuh"
#include "network_sums.cuh"

namespace whiteline::cuda {

inline kernels::TableLines lines(ConstMatrixView view) {
  const auto all = table(view);
  return {all, all.has_quads()};
}

namespace product {

constexpr std::int64_t enough_blocks = 128;  // to keep a large GPU at work
constexpr int slices = 4;                    // that share a long depth where blocks are few
constexpr std::int64_t short_depth = 64;     // not worth slices

using Large = kernels::MediumTile;
using Small = kernels::SmallTile;

inline std::int64_t tile_count(std::int64_t rows, std::int64_t columns, int size) {
  return tiles(rows, size) * tiles(columns, size);
}
inline bool has_large_tiles(std::int64_t rows, std::int64_t columns) {
  return tile_count(rows, columns, Large::size) >= enough_blocks;
}

template <class T, int slices, class Left, class Right, class Finish>
void run(CudaQueue& queue, const Left& left, const Right& right, const kernels::ProductShape& shape,
         std::int64_t parts, const Finish& finish) {
  launch(queue,
         {{blocks_for(tile_count(shape.rows, shape.columns, T::size), 1), unsigned(parts)},
          {T::threads, slices}},
         kernels::product<T, slices, Left, Right, Finish>, left, right, shape, finish);
}

}  // namespace product

// The depth in `parts` parts.
template <class Left, class Right, class Finish>
void multiply(CudaQueue& queue, const Left& left, const Right& right, std::int64_t rows,
              std::int64_t columns, std::int64_t depth, std::int64_t parts, const Finish& finish) {
  using namespace product;
  static_assert(Large::depth == Small::depth);
  const std::int64_t stages = tiles(depth, Small::depth), part = tiles(stages, int(parts));
  const kernels::ProductShape shape{rows, columns, depth, int(part)};
  if (has_large_tiles(rows, columns))
    run<Large, 1>(queue, left, right, shape, parts, finish);
  else if (part * Small::depth <= short_depth)
    run<Small, 1>(queue, left, right, shape, parts, finish);
  else
    run<Small, slices>(queue, left, right, shape, parts, finish);
}

// Parts of a depth that is long where tiles are few.
inline std::int64_t depth_parts(std::int64_t rows, std::int64_t columns, std::int64_t depth) {
  using namespace product;
  constexpr std::int64_t least_stages = 16;  // of a part
  const std::int64_t stages = tiles(depth, Small::depth);
  if (has_large_tiles(rows, columns) || rows * columns == 0 || stages <= least_stages) return 1;
  const std::int64_t wanted = tiles(enough_blocks, int(tile_count(rows, columns, Small::size)));
  const std::int64_t part = tiles(stages, int(std::min(wanted, stages / least_stages)));
  return tiles(stages, int(part));
}

// The parameter follows the products, of one of its shape.
template <class Left, class Right>
void CudaNetwork::follow_products(const Left& left, const Right& right,
                                  const core::Parameter& parameter, std::int64_t depth,
                                  const core::Descent& descent) {
  if (descent.rule == formulas::DescentRule::frozen) return;
  const std::int64_t rows = parameter.values.rows, columns = parameter.values.cols;
  const std::int64_t parts = depth_parts(rows, columns, depth);
  if (parts == 1)
    return multiply(queue_, left, right, rows, columns, depth, 1,
                    kernels::FollowSums{tables(parameter), device_descent(descent)});
  float* const sums = parts_.at_least(parts * rows * columns);
  multiply(queue_, left, right, rows, columns, depth, parts,
           kernels::KeepParts{sums, rows, columns});
  each_cell(kernels::FollowParts{sums, parts, rows * columns, columns, tables(parameter),
                                 device_descent(descent)},
            rows, columns);
}

}  // namespace whiteline::cuda
