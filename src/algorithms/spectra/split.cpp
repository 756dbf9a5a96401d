#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "formulas/philox.hpp"

namespace whiteline {

namespace {

constexpr std::uint32_t split_step = 2;  // 0 and 1: folds of search and calibration
constexpr double rounding = 1e-9;        // rows; 0.29 * 100 is 29, not 28

}  // namespace

Split stratified_split(const std::vector<std::int32_t>& labels, double fraction,
                       std::uint64_t seed) {
  if (!(fraction > 0.0 && fraction <= 1.0))
    throw InvalidArgument(
        fmt::format("cannot take a share of {} of each class (it is above 0, at most 1) choose, "
                    "for example, 0.15",
                    fraction));
  // Of each class: its rows in the order of their random words.
  std::map<std::int32_t, std::vector<std::pair<std::uint32_t, std::int64_t>>> classes;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] == no_label) continue;
    const std::uint32_t word = formulas::philox_word(
        seed, row, split_step, std::uint32_t(labels[row]), formulas::Purpose::split);
    classes[labels[row]].emplace_back(word, std::int64_t(row));
  }
  Split split;
  for (auto& [label, rows] : classes) {
    std::sort(rows.begin(), rows.end());
    const double share = std::floor(fraction * double(rows.size()) + rounding);
    const auto taken = std::size_t(std::max(1.0, share));
    for (std::size_t i = 0; i < rows.size(); ++i)
      (i < taken ? split.first : split.second).push_back(rows[i].second);
  }
  std::sort(split.first.begin(), split.first.end());
  std::sort(split.second.begin(), split.second.end());
  return split;
}

}  // namespace whiteline
