// Keys of near rows (formulas::near_key), chosen and put in order.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cpu/vector_kernels.hpp"
#include "formulas/distance.hpp"

namespace whiteline::cpu {

// Chooses and sorts; keeps its memory. For one thread.
class KeySorter {
 public:
  explicit KeySorter(const VectorKernels& kernels) : kernels_(kernels) {}

  // The distance of the n-th smallest of the keys, 1 <= n <= keys.size().
  float nth_distance(std::span<const std::uint64_t> keys, std::int64_t n);

  // By the upper half of a key; keys equal in it stay in their order.
  void sort_by_upper_half(std::vector<std::uint64_t>& keys);

  // Leaves the `count` smallest of keys whose rows ascend, in order.
  void keep_least(std::vector<std::uint64_t>& keys, std::int64_t count);

 private:
  const VectorKernels& kernels_;
  std::vector<float> distances_;
  std::vector<std::uint64_t> other_;
};

// Moves the keys with a distance up to `limit` to the front, in their order; how many.
std::int64_t keep_up_to(std::span<std::uint64_t> keys, float limit);

}  // namespace whiteline::cpu
