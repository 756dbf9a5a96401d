#include "algorithms/nn/arena.hpp"

#include <algorithm>
#include <numeric>

namespace whiteline::nn {

namespace {

constexpr std::int64_t alignment = 16;  // floats

std::int64_t aligned(std::int64_t size) { return (size + alignment - 1) / alignment * alignment; }

bool at_the_same_time(const ArenaBuffer& a, const ArenaBuffer& b) {
  return a.first <= b.last && b.first <= a.last;
}

// The lowest offset at which `buffer` meets none of `placed`, which are by offset.
std::int64_t lowest_gap(const ArenaBuffer& buffer, const std::vector<const ArenaBuffer*>& placed) {
  std::int64_t offset = 0;
  for (const ArenaBuffer* other : placed) {
    if (!at_the_same_time(buffer, *other)) continue;
    if (offset + aligned(buffer.size) <= other->offset) break;
    offset = std::max(offset, other->offset + aligned(other->size));
  }
  return offset;
}

}  // namespace

std::int64_t place_buffers(std::vector<ArenaBuffer>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return buffers[a].size > buffers[b].size; });
  std::vector<const ArenaBuffer*> placed;  // by offset
  std::int64_t needed = 0;
  for (const std::size_t i : order) {
    ArenaBuffer& buffer = buffers[i];
    if (buffer.first < 0) continue;
    buffer.offset = lowest_gap(buffer, placed);
    needed = std::max(needed, buffer.offset + aligned(buffer.size));
    const auto behind = std::upper_bound(
        placed.begin(), placed.end(), &buffer,
        [](const ArenaBuffer* a, const ArenaBuffer* b) { return a->offset < b->offset; });
    placed.insert(behind, &buffer);
  }
  return needed;
}

}  // namespace whiteline::nn
