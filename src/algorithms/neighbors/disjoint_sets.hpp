// Rows that belong together: sets that only merge.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace whiteline::neighbors {

class DisjointSets {
 public:
  // Each of the elements 0 .. size - 1 in a set of its own.
  explicit DisjointSets(std::int64_t size) : parent_(std::size_t(size)) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  // The smallest element of the set.
  std::int32_t find(std::int32_t element) {
    while (parent_[std::size_t(element)] != element) {
      std::int32_t& parent = parent_[std::size_t(element)];
      parent = parent_[std::size_t(parent)];
      element = parent;
    }
    return element;
  }

  // False where both are in one set already.
  bool unite(std::int32_t a, std::int32_t b) {
    a = find(a);
    b = find(b);
    if (a == b) return false;
    if (b < a) std::swap(a, b);
    parent_[std::size_t(b)] = a;
    return true;
  }

  // number[i] of the set of element i: sets are 0, 1, ... by their smallest elements. Returns how
  // many there are.
  std::int32_t number(std::vector<std::int32_t>& number) {
    number.resize(parent_.size());
    std::int32_t sets = 0;
    for (std::size_t i = 0; i < parent_.size(); ++i) {
      const std::int32_t root = find(std::int32_t(i));
      number[i] = root == std::int32_t(i) ? sets++ : number[std::size_t(root)];
    }
    return sets;
  }

 private:
  std::vector<std::int32_t> parent_;  // never larger than the element
};

}  // namespace whiteline::neighbors
