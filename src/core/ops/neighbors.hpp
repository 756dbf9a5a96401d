// Nearest rows.
#pragma once

#include <cstdint>
#include <memory>

#include <whiteline/matrix.hpp>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "formulas/distance.hpp"

namespace whiteline::core {

// Collects near rows while a product runs over all pairs; the distances of all pairs are never
// stored.
class WHITELINE_EXPORT NearestPass {
 public:
  virtual ~NearestPass() = default;

  // Compares the rows [begin, end) of `left` with all of `right`; of a pass over one set of rows,
  // with itself, only with rows from `begin` on. Ranges follow each other from 0 to left.rows.
  virtual void advance(std::int64_t begin, std::int64_t end) = 0;

  // After all rows: the `count` smallest formulas::near_key(t, j) of row i over the rows j of
  // `right` but the same row (common_row_shift), t as formulas::squared_distance gives it:
  // near[i * count + m] are their rows, ascending, and bounds[i] is the largest of their t, which
  // no other row is below.
  virtual void finish(DeviceSpan<std::int32_t> near, DeviceSpan<float> bounds) = 0;
};

class WHITELINE_EXPORT NeighborOps {
 public:
  virtual ~NeighborOps() = default;

  // out = x minus the mean of each row (formulas::lane_sum over double, rounded once); zeros where
  // formulas::is_constant, squares by formulas::lane_sum. One read, one write.
  virtual void centre_rows(ConstMatrixView x, MatrixView out) = 0;

  // A pass for the `count` nearest of each row, 1 <= count <= rows of `right` (less one where the
  // two are the same rows). Products as in KernelMatrixOps::kernel. Memory beside the rows: about
  // 2 count + 64 keys a row and thread. Both must outlive the pass.
  virtual std::unique_ptr<NearestPass> nearest(const PreparedRows& left, const PreparedRows& right,
                                               std::int64_t count) = 0;

  // out[i * k + m] = the m-th smallest near_key(s, j) of row i over its candidates, the `count`
  // keys from candidates[i * count] on, of which only the rows matter; s by
  // formulas::distance_lanes. k <= count.
  virtual void rank(ConstMatrixView left, ConstMatrixView right,
                    DeviceSpan<const std::int32_t> candidates, std::int64_t count, std::int64_t k,
                    DeviceSpan<std::uint64_t> out) = 0;

  // The same for rows `which` of `left` over all rows of `right` but row i + row_shift for row i,
  // in out[which[i] * k + m].
  virtual void rank_all(ConstMatrixView left, ConstMatrixView right, std::int64_t row_shift,
                        DeviceSpan<const std::int32_t> which, std::int64_t k,
                        DeviceSpan<std::uint64_t> out) = 0;
};

}  // namespace whiteline::core
