#include "cpu/near_lists.hpp"

#include <algorithm>

namespace whiteline::cpu {

void NearLists::shrink(std::int64_t row) {
  std::uint64_t* const first = keys_.data() + row * capacity_;
  std::uint64_t* const last = first + count_ - 1;
  std::nth_element(first, last, first + capacity_);
  used_[std::size_t(row)] = std::int32_t(count_);
  limits_[std::size_t(row)] = formulas::key_distance(*last);
}

}  // namespace whiteline::cpu
