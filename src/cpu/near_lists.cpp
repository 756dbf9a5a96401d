#include "cpu/near_lists.hpp"

#include <algorithm>
#include <cmath>

namespace whiteline::cpu {

void NearLists::shrink(std::int64_t row) {
  const std::span keys(keys_ + row * capacity_, std::size_t(capacity_));
  float limit =
      std::min(limits_[std::size_t(row)], rule_.reach(row, sorter_.nth_distance(keys, rule_.k)));
  std::int64_t kept = keep_up_to(keys, limit);
  if (kept >= rule_.most) {  // leaves room, and less than `most` only where others are as near
    const auto near = keys.first(std::size_t(kept));
    limit = std::nextafter(sorter_.nth_distance(near, rule_.most), -1.0f);
    kept = keep_up_to(near, limit);
  }
  used_[std::size_t(row)] = std::int32_t(kept);
  limits_[std::size_t(row)] = limit;
}

}  // namespace whiteline::cpu
