// Fills the table of one instruction set. Only for vector_kernels_*.cpp.
#pragma once

#include "cpu/decision_kernels.hpp"
#include "cpu/layout_kernels.hpp"
#include "cpu/near_kernels.hpp"
#include "cpu/row_kernels.hpp"
#include "cpu/tile_kernels.hpp"

namespace whiteline::cpu {

template <class F, class W, class Shape, int primal_rows, int primal_pairs>
constexpr VectorKernels make_vector_kernels(Isa isa) {
  static_assert(Shape::rows <= F::lanes && F::lanes <= VectorKernels::pack_slack);
  return {.isa = isa,
          .tile_rows = Shape::rows,
          .tile_columns = Shape::columns,
          .pack = pack<F>,
          .accumulate = accumulate<F, Shape>,
          .accumulate_packing_left = accumulate_packing_left<F, Shape>,
          .accumulate_packing_right = accumulate_packing_right<F, Shape>,
          .scale_tile = scale_tile<F, Shape>,
          .kernel_tile = kernel_tile<F, Shape>,
          .kernel_row = kernel_row<F>,
          .transpose = transpose_part<F>,
          .row_sum = row_sum<F>,
          .squared_differences = squared_differences<F>,
          .add_row = add_row<F>,
          .largest = largest<F>,
          .first_non_finite = first_non_finite<F>,
          .prepare_row = prepare_row<F>,
          .primal_pairs = primal_pairs,
          .primal_dots = primal_dots<F, primal_rows, primal_pairs>,
          .weigh_tile = weigh_tile<F, Shape>,
          .block_sums = block_sums<F>,
          .squared_distances = squared_distances<F>,
          .nth_smallest = nth_smallest<F>,
          .round_row = round_row<F>,
          .accumulate_pairs = accumulate_pairs<F, Shape>,
          .near_pairs = near_pairs<F, Shape>,
          .active_edges = active_edges<F, W>,
          .layout_rows = layout_vectors * F::lanes,
          .move_rows = move_rows<F, W>,
          .exponential = map_exponential<F>,
          .hyperbolic_tangent = map_hyperbolic_tangent<F>};
}

}  // namespace whiteline::cpu
