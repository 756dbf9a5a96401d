#include "algorithms/neighbors/kd_tree.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace whiteline::neighbors {

namespace {

constexpr std::int32_t rows_in_leaf = 16;
constexpr std::int32_t rows_a_report = 1 << 13;  // a node of fewer takes no 10 ms

}  // namespace

KdTree::KdTree(std::vector<float> points, int channels, const Progress& progress) {
  const std::size_t rows = points.size() / std::size_t(channels);
  row_at_.resize(rows);
  std::iota(row_at_.begin(), row_at_.end(), 0);
  points_.resize(rows);
  for (std::size_t row = 0; row < rows; ++row)
    for (int c = 0; c < most_channels; ++c)
      points_[row].at[c] =
          c < channels ? points[row * std::size_t(channels) + std::size_t(c)] : 0.0f;
  nodes_.reserve(4 * rows / std::size_t(rows_in_leaf) + 1);
  if (rows > 0) build(0, std::int32_t(rows), progress);
  std::vector<Stored> placed(rows);
  for (std::size_t place = 0; place < rows; ++place)
    placed[place] = points_[std::size_t(row_at_[place])];
  points_ = std::move(placed);
}

// While it runs, points_ lie in the order of rows.
std::int32_t KdTree::build(std::int32_t begin, std::int32_t end, const Progress& progress) {
  if (end - begin >= rows_a_report)
    report(progress, "tree", std::uint64_t(begin), std::uint64_t(points_.size()));
  const auto number = std::int32_t(nodes_.size());
  Node node;
  node.begin = begin;
  node.end = end;
  const auto at = [&](std::int32_t row, int c) { return points_[std::size_t(row)].at[c]; };
  int widest = 0;
  for (int c = 0; c < most_channels; ++c) {
    node.low[c] = node.high[c] = at(row_at_[std::size_t(begin)], c);
    for (std::int32_t place = begin; place < end; ++place) {
      const float x = at(row_at_[std::size_t(place)], c);
      node.low[c] = std::min(node.low[c], x);
      node.high[c] = std::max(node.high[c], x);
    }
    if (node.high[c] - node.low[c] > node.high[widest] - node.low[widest]) widest = c;
  }
  node.least_row = *std::min_element(row_at_.begin() + begin, row_at_.begin() + end);
  nodes_.push_back(node);
  if (end - begin <= rows_in_leaf) return number;
  const std::int32_t middle = begin + (end - begin) / 2;
  std::nth_element(row_at_.begin() + begin, row_at_.begin() + middle, row_at_.begin() + end,
                   [&](std::int32_t a, std::int32_t b) {
                     return at(a, widest) != at(b, widest) ? at(a, widest) < at(b, widest) : a < b;
                   });
  build(begin, middle, progress);
  const std::int32_t right = build(middle, end, progress);
  nodes_[std::size_t(number)].right = right;
  return number;
}

void KdTree::nearest(std::int32_t place, std::span<std::uint64_t> keys) const {
  const Point& own = point(place);
  std::fill(keys.begin(), keys.end(), std::numeric_limits<std::uint64_t>::max());
  struct Ahead {
    std::int32_t node;
    float squared_distance;
  };
  Ahead ahead[deepest];
  int count = 0;
  ahead[count++] = {0, 0.0f};
  while (count > 0) {
    const Ahead next = ahead[--count];
    const Node& node = nodes_[std::size_t(next.node)];
    // A row of the box that is as far as the last neighbour may have a smaller number.
    if (formulas::near_key(next.squared_distance, node.least_row) > keys.back()) continue;
    if (node.right >= 0) {
      Ahead near{next.node + 1, squared_distance(own, nodes_[std::size_t(next.node + 1)])},
          far{node.right, squared_distance(own, nodes_[std::size_t(node.right)])};
      if (far.squared_distance < near.squared_distance) std::swap(near, far);
      ahead[count++] = far;
      ahead[count++] = near;
      continue;
    }
    for (std::int32_t other = node.begin; other < node.end; ++other) {
      if (other == place) continue;
      const std::uint64_t key =
          formulas::near_key(squared_distance(own, point(other)), row_at(other));
      if (key >= keys.back()) continue;
      std::size_t at = keys.size() - 1;
      for (; at > 0 && keys[at - 1] > key; --at) keys[at] = keys[at - 1];
      keys[at] = key;
    }
  }
}

}  // namespace whiteline::neighbors
