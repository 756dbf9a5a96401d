// Random orders of rows in training.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulas/philox.hpp"

namespace whiteline::nn {

// The rows of one epoch, by (Philox word, place): element = place, step = epoch, purpose 1.
inline std::vector<std::int64_t> epoch_order(std::span<const std::int64_t> rows, std::uint64_t seed,
                                             std::uint32_t epoch, std::uint32_t model) {
  std::vector<std::pair<std::uint32_t, std::size_t>> words(rows.size());
  formulas::PhiloxWords block{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i % 4 == 0)
      block = formulas::philox_block(seed, std::uint32_t(i / 4), epoch, 0,
                                     formulas::Purpose::shuffle, model);
    words[i] = {block.word[i % 4], i};
  }
  std::sort(words.begin(), words.end());
  std::vector<std::int64_t> order;
  order.reserve(rows.size());
  for (const auto& [word, place] : words) order.push_back(rows[place]);
  return order;
}

}  // namespace whiteline::nn
