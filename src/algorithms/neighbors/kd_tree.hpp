// Nearest rows of few channels, on the host: exact, in the order of near_key, the bits of
// NeighborOps.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <whiteline/progress.hpp>

#include "core/parallel.hpp"
#include "formulas/distance.hpp"

namespace whiteline::neighbors {

class KdTree {
 public:
  static constexpr int most_channels = 3;
  static constexpr int deepest = 64;  // nodes still to be visited, at most: halves of 2^31 rows

  // `points`: rows x channels, finite; channels 1 .. most_channels. Tells `progress` (stage "tree")
  // of rows.
  KdTree(std::vector<float> points, int channels, const Progress& progress = {});

  using Point = float[most_channels];  // zeros after the channels
  struct Node {
    Point low, high;                  // box around its rows
    std::int32_t begin = 0, end = 0;  // places
    std::int32_t right = -1;          // the left child is the next node; -1: a leaf
    std::int32_t least_row = 0;       // of its rows
  };

  std::int64_t rows() const { return std::ssize(row_at_); }
  std::span<const Node> nodes() const { return nodes_; }
  // Rows lie at places, in the order of the leaves.
  std::int32_t row_at(std::int32_t place) const { return row_at_[std::size_t(place)]; }
  const Point& point(std::int32_t place) const { return points_[std::size_t(place)].at; }

  // As formulas::distance_lanes adds it up.
  static float squared_distance(const Point& a, const Point& b) {
    return sum(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }
  // Of the nearest point of the box: no row in it is nearer, in float32.
  static float squared_distance(const Point& a, const Node& box) {
    return sum(gap(a[0], box.low[0], box.high[0]), gap(a[1], box.low[1], box.high[1]),
               gap(a[2], box.low[2], box.high[2]));
  }

  // near_keys of the k nearest rows of the row at `place`, itself left out, ascending. k < rows.
  void nearest(std::int32_t place, std::span<std::uint64_t> keys) const;

 private:
  struct Stored {
    Point at;
  };

  static float sum(float x, float y, float z) { return (x * x + z * z) + y * y; }
  static float gap(float x, float low, float high) {
    return x < low ? low - x : x > high ? x - high : 0.0f;
  }
  std::int32_t build(std::int32_t begin, std::int32_t end, const Progress& progress);

  std::vector<Stored> points_;
  std::vector<std::int32_t> row_at_;
  std::vector<Node> nodes_;
};

}  // namespace whiteline::neighbors
