// The nearest rows of each row so far.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "cpu/near_keys.hpp"
#include "cpu/scratch.hpp"
#include "formulas/near_bound.hpp"

namespace whiteline::cpu {

// Which of the rows that a row was compared with may be among its k nearest.
struct NearRule {
  std::int64_t k, most;  // of a row: to find, and to keep
  formulas::NearBound bound;
  const float* squared_norms;   // of the rows
  const float* squared_losses;  // by rounding to bfloat16; null: none

  float reach(std::int64_t row, float kth) const {
    const double loss = squared_losses ? std::sqrt(double(squared_losses[row])) : 0.0;
    return formulas::near_reach(bound, std::sqrt(double(squared_norms[row])), loss, kth);
  }
};

// Keeps what is within reach of each row, as far as it knows, and some more that came in between.
class NearLists {
 public:
  // `limits` one a row: what is further than that is left out from the start.
  NearLists(const NearRule& rule, const VectorKernels& kernels, std::vector<float> limits)
      : rule_(rule),
        sorter_(kernels),
        capacity_(rule.most + 64),
        keys_(memory_.at_least(std::ssize(limits) * capacity_)),
        used_(limits.size(), 0),
        limits_(std::move(limits)) {}

  // Squared distances above are of no use to the row.
  const float* limits() const { return limits_.data(); }

  void add(std::int64_t row, float squared_distance, std::int32_t other) {
    if (squared_distance > limits_[std::size_t(row)]) return;
    std::int32_t& used = used_[std::size_t(row)];
    keys_[std::size_t(row * capacity_ + used++)] = formulas::near_key(squared_distance, other);
    if (used == capacity_) shrink(row);
  }

  // Fetches the place of the row's next.
  void expect(std::int64_t row) const {
    __builtin_prefetch(keys_ + row * capacity_ + used_[std::size_t(row)], 1);
  }

  // All that came within the limit, in the order in which they came.
  std::span<const std::uint64_t> of(std::int64_t row) const {
    return {keys_ + row * capacity_, std::size_t(used_[std::size_t(row)])};
  }

 private:
  void shrink(std::int64_t row);

  const NearRule& rule_;
  KeySorter sorter_;
  std::int64_t capacity_;
  ScratchOf<std::uint64_t> memory_;
  std::uint64_t* keys_;  // rows x capacity
  std::vector<std::int32_t> used_;
  std::vector<float> limits_;
};

}  // namespace whiteline::cpu
