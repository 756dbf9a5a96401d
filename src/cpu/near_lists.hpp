// The nearest rows of each row so far.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulas/distance.hpp"

namespace whiteline::cpu {

// Keeps the `count` smallest keys of each row, and some more that came in between.
class NearLists {
 public:
  // `limits` one a row: what is further than that is left out from the start.
  NearLists(std::int64_t count, std::vector<float> limits)
      : count_(count),
        capacity_(2 * count + 64),
        keys_(limits.size() * std::size_t(capacity_)),
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

  // In no order; the smallest `count` within the limit are among them.
  std::span<const std::uint64_t> of(std::int64_t row) const {
    return {keys_.data() + row * capacity_, std::size_t(used_[std::size_t(row)])};
  }

 private:
  void shrink(std::int64_t row);

  std::int64_t count_, capacity_;
  std::vector<std::uint64_t> keys_;  // rows x capacity
  std::vector<std::int32_t> used_;
  std::vector<float> limits_;
};

}  // namespace whiteline::cpu
