// Nearest rows.
#pragma once

#include <cstdint>
#include <memory>

#include <whiteline/matrix.hpp>
#include <whiteline/neighbors.hpp>

#include "core/buffer.hpp"
#include "core/ops/kernel_matrix.hpp"
#include "formulas/distance.hpp"

namespace whiteline::core {

// Rows of `left` to compare with those of `right`, both about a common centre.
struct NearestJob {
  PreparedRows left, right;
  std::int64_t k;  // from 1 to the rows of `right`, less one where the two are the same rows
  NearProducts products = NearProducts::automatic;

  bool one_set() const {
    return left.rows.data == right.rows.data && left.rows.rows == right.rows.rows;
  }
  // Rows of `right` that a row is compared with, or one less.
  std::int64_t others() const { return right.rows.rows - (one_set() ? 1 : 0); }
};

// As many rows near each row are kept, of `others` that it is compared with.
inline std::int64_t most_candidates(std::int64_t k, std::int64_t others) {
  const std::int64_t most = k + k / 2 + 48;
  return most < others ? most : others;
}

// Collects near rows while a product runs over all pairs; the distances of all pairs are never
// stored.
class WHITELINE_EXPORT NearestPass {
 public:
  virtual ~NearestPass() = default;

  virtual NearProducts products() const = 0;  // that were taken

  // Compares the rows [begin, end) of `left` with all of `right`; of a pass over one set of rows,
  // with itself, only with rows from `begin` on. Ranges follow each other from 0 to left.rows.
  virtual void advance(std::int64_t begin, std::int64_t end) = 0;

  // After all rows: candidates[i * most + m], m < counts[i], ascending, most = most_candidates(),
  // are the rows of `right`, but the same row (common_row_shift), that formulas::near_reach() says
  // the k nearest of row i are among. counts[i] = 0 where there are `most` of them or more and they
  // are not all there are.
  virtual void finish(DeviceSpan<std::int32_t> candidates, DeviceSpan<std::int32_t> counts) = 0;
};

// Rows in groups, with their core distances.
struct GroupedRows {
  ConstMatrixView rows;
  DeviceSpan<const float> core;
  DeviceSpan<const std::int32_t> group;
};

// From squared distances to mutual reachability distances.
struct ReachScale {
  bool directions;  // formulas::distance_of
  float alpha;      // formulas::mutual_reachability
};

class WHITELINE_EXPORT NeighborOps {
 public:
  virtual ~NeighborOps() = default;

  // out = x minus the mean of each row (formulas::lane_sum over double, rounded once); zeros where
  // formulas::is_constant, squares by formulas::lane_sum. One read, one write.
  virtual void centre_rows(ConstMatrixView x, MatrixView out) = 0;

  // Products as in
  // KernelMatrixOps::kernel, or of the numbers rounded to bfloat16. Memory beside the rows: packed
  // copies and about 1.5 k + 100 keys a row and thread. Both sides must outlive the pass. Throws
  // Unsupported where bfloat16 is asked for and not there.
  virtual std::unique_ptr<NearestPass> nearest(const NearestJob& job) = 0;

  // out[i * k + m] = the m-th smallest near_key(s, j) of row i over its counts[i] candidates, which
  // ascend from candidates[i * most] on; s by formulas::distance_lanes. Rows with less than k
  // candidates are left alone.
  virtual void rank(ConstMatrixView left, ConstMatrixView right,
                    DeviceSpan<const std::int32_t> candidates,
                    DeviceSpan<const std::int32_t> counts, std::int64_t most, std::int64_t k,
                    DeviceSpan<std::uint64_t> out) = 0;

  // The same for rows `which` of `left` over all rows of `right` but row i + row_shift for row i,
  // in out[which[i] * k + m].
  virtual void rank_all(ConstMatrixView left, ConstMatrixView right, std::int64_t row_shift,
                        DeviceSpan<const std::int32_t> which, std::int64_t k,
                        DeviceSpan<std::uint64_t> out) = 0;

  // out[i] = the smallest near_key(m, j) of row i of `left` over the rows j of `right` that are of
  // another group, m = their mutual reachability distance (formulas::distance_lanes, distance_of,
  // mutual_reachability) < limits[i]; all bits set where there is none. Compares each row with all:
  // made for few rows, or for few that are below their limits.
  virtual void nearest_outside(const GroupedRows& left, const GroupedRows& right, ReachScale scale,
                               DeviceSpan<const float> limits, DeviceSpan<std::uint64_t> out) = 0;
};

}  // namespace whiteline::core
