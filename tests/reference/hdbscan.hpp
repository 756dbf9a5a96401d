// Density clustering by its definitions: all pairs, one level of distance after another.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "reference/neighbors.hpp"

namespace whiteline::test::reference {

// rows x rows mutual reachability distances of given distances; the row itself is its first sample.
template <class T>
std::vector<T> mutual_reachability(const std::vector<T>& distances, std::int64_t rows,
                                   std::int64_t min_samples, T alpha = T(1)) {
  std::vector<T> core, out(distances.size(), T(0));
  for (std::int64_t row = 0; row < rows; ++row) {
    std::vector<T> own(distances.begin() + row * rows, distances.begin() + (row + 1) * rows);
    own[at(row)] = T(-1);  // first, whatever is equal to it
    std::sort(own.begin(), own.end());
    core.push_back(min_samples > 1 ? own[at(min_samples - 1)] : T(0));
  }
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < rows; ++j)
      if (i != j)
        out[at(i * rows + j)] =
            std::max({core[at(i)], core[at(j)], distances[at(i * rows + j)] / alpha});
  return out;
}

inline std::vector<float> euclidean_distances(const Table& x) {
  std::vector<float> out;
  for (std::int64_t i = 0; i < x.rows; ++i)
    for (std::int64_t j = 0; j < x.rows; ++j)
      out.push_back(std::sqrt(interleaved_squared_distance(x.row(i), x.row(j))));
  return out;
}

// Weight of a minimum spanning tree (R. C. Prim, Bell Syst. Tech. J. 36 (1957) 1389).
template <class T>
double spanning_weight(const std::vector<T>& distances, std::int64_t rows) {
  std::vector<double> nearest(at(rows), std::numeric_limits<double>::infinity());
  std::vector<char> in_tree(at(rows), 0);
  double weight = 0.0;
  for (std::int64_t step = 0, row = 0; step < rows - 1; ++step) {
    in_tree[at(row)] = 1;
    std::int64_t next = -1;
    for (std::int64_t other = 0; other < rows; ++other) {
      if (in_tree[at(other)]) continue;
      nearest[at(other)] = std::min(nearest[at(other)], double(distances[at(row * rows + other)]));
      if (next < 0 || nearest[at(other)] < nearest[at(next)]) next = other;
    }
    weight += nearest[at(next)];
    row = next;
  }
  return weight;
}

// The group of each row when all pairs up to `level` are joined; the smallest row names it.
template <class T>
std::vector<std::int32_t> components(const std::vector<T>& distances, std::int64_t rows, T level) {
  std::vector<std::int32_t> group(at(rows), -1);
  for (std::int32_t first = 0; first < rows; ++first) {
    if (group[at(first)] >= 0) continue;
    std::vector<std::int32_t> ahead = {first};
    group[at(first)] = first;
    while (!ahead.empty()) {
      const std::int64_t row = ahead.back();
      ahead.pop_back();
      for (std::int32_t other = 0; other < rows; ++other)
        if (group[at(other)] < 0 && distances[at(row * rows + other)] <= level) {
          group[at(other)] = first;
          ahead.push_back(other);
        }
    }
  }
  return group;
}

// Distances that occur between different rows, ascending.
template <class T>
std::vector<T> levels(const std::vector<T>& distances, std::int64_t rows) {
  std::set<T> all;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < i; ++j) all.insert(distances[at(i * rows + j)]);
  return {all.begin(), all.end()};
}

}  // namespace whiteline::test::reference
