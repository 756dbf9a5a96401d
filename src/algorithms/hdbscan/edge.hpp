// Edges between rows, by mutual reachability.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace whiteline::hdbscan_parts {

// Edges are ordered by what they are made of.
struct Edge {
  float reach = std::numeric_limits<float>::infinity();  // mutual reachability distance
  std::int32_t low = -1, high = -1;                      // rows, low < high; -1: no edge

  bool exists() const { return low >= 0; }
  auto operator<=>(const Edge&) const = default;
};

inline Edge edge_of(float reach, std::int32_t a, std::int32_t b) {
  return a < b ? Edge{reach, a, b} : Edge{reach, b, a};
}

}  // namespace whiteline::hdbscan_parts
