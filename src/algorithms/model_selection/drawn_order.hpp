// The random order in which rows are drawn: for folds, splits and learning curves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "formulas/philox.hpp"

namespace whiteline::model_selection {

// What rows are drawn for; no two uses share random words.
enum class Draw : std::uint32_t {
  search_folds = 0,
  calibration_folds = 1,
  split = 2,
  learning_curve = 3,
  training_protocol = 4,
};

// Places in `rows`, in the order of (Philox word of the row's number, place).
template <class Row, std::size_t extent>
std::vector<std::size_t> drawn_order(std::span<Row, extent> rows, std::uint64_t seed, Draw draw,
                                     std::uint32_t layer = 0) {
  std::vector<std::pair<std::uint32_t, std::size_t>> words;
  for (std::size_t i = 0; i < rows.size(); ++i)
    words.emplace_back(formulas::philox_word(seed, std::uint64_t(rows[i]), std::uint32_t(draw),
                                             layer, formulas::Purpose::split),
                       i);
  std::sort(words.begin(), words.end());
  std::vector<std::size_t> order;
  for (const auto& [word, place] : words) order.push_back(place);
  return order;
}

}  // namespace whiteline::model_selection
