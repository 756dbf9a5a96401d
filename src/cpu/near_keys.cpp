#include "cpu/near_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

namespace whiteline::cpu {

namespace {

constexpr int digit_bits = 8;
constexpr std::size_t few = 32;  // keys that comparing sorts sooner

std::uint32_t upper_half(std::uint64_t key) { return std::uint32_t(key >> 32); }

}  // namespace

float KeySorter::nth_distance(std::span<const std::uint64_t> keys, std::int64_t n) {
  assert(n >= 1 && n <= std::ssize(keys));
  distances_.resize(keys.size());
  std::transform(keys.begin(), keys.end(), distances_.begin(), formulas::key_distance);
  return kernels_.nth_smallest(distances_.data(), std::ssize(distances_), n);
}

void KeySorter::sort_by_upper_half(std::vector<std::uint64_t>& keys) {
  const auto before = [](std::uint64_t a, std::uint64_t b) {
    return upper_half(a) < upper_half(b);
  };
  if (keys.size() <= few) {
    for (std::size_t i = 1; i < keys.size(); ++i) {
      const std::uint64_t key = keys[i];
      std::size_t place = i;
      for (; place > 0 && before(key, keys[place - 1]); --place) keys[place] = keys[place - 1];
      keys[place] = key;
    }
    return;
  }
  if (std::is_sorted(keys.begin(), keys.end(), before)) return;
  const auto [least, most] = std::minmax_element(keys.begin(), keys.end(), before);
  const std::uint32_t base = upper_half(*least), range = upper_half(*most) - base;
  other_.resize(keys.size());
  for (int shift = 0; shift < int(std::bit_width(range));
       shift += digit_bits) {  // least digit first
    const auto digit = [&](std::uint64_t key) {
      return (upper_half(key) - base) >> shift & ((1u << digit_bits) - 1u);
    };
    std::array<std::uint32_t, (1 << digit_bits)> place{};
    for (const std::uint64_t key : keys) ++place[digit(key)];
    std::uint32_t total = 0;
    for (std::uint32_t& count : place) total += std::exchange(count, total);
    for (const std::uint64_t key : keys) other_[place[digit(key)]++] = key;
    keys.swap(other_);
  }
}

void KeySorter::keep_least(std::vector<std::uint64_t>& keys, std::int64_t count) {
  assert(count >= 1 && count <= std::ssize(keys));
  if (count < std::ssize(keys))
    keys.resize(std::size_t(keep_up_to(keys, nth_distance(keys, count))));
  sort_by_upper_half(keys);
  keys.resize(std::size_t(count));
}

std::int64_t keep_up_to(std::span<std::uint64_t> keys, float limit) {
  std::size_t kept = 0;
  for (const std::uint64_t key : keys) {
    keys[kept] = key;
    kept += std::size_t(formulas::key_distance(key) <= limit);
  }
  return std::int64_t(kept);
}

}  // namespace whiteline::cpu
