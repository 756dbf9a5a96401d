#include <fmt/format.h>
#include <whiteline/spectra.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include "algorithms/model_selection/drawn_order.hpp"

namespace whiteline {

namespace {

constexpr double row_rounding = 1e-9;  // 0.29 * 100 is 29, not 28

}  // namespace

Split stratified_split(const std::vector<std::int32_t>& labels, double fraction,
                       std::uint64_t seed) {
  if (!(fraction > 0.0 && fraction <= 1.0))
    throw InvalidArgument(
        fmt::format("cannot take a share of {} of each class (it is above 0, at most 1) choose, "
                    "for example, 0.15",
                    fraction));
  std::map<std::int32_t, std::vector<std::int64_t>> classes;
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (labels[row] != no_label) classes[labels[row]].push_back(std::int64_t(row));
  Split split;
  for (const auto& [label, rows] : classes) {
    const auto order = model_selection::drawn_order(
        std::span(rows), seed, model_selection::Draw::split, std::uint32_t(label));
    const double share = std::floor(fraction * double(rows.size()) + row_rounding);
    const auto taken = std::size_t(std::max(1.0, share));
    for (std::size_t i = 0; i < rows.size(); ++i)
      (i < taken ? split.first : split.second).push_back(rows[order[i]]);
  }
  std::sort(split.first.begin(), split.first.end());
  std::sort(split.second.begin(), split.second.end());
  return split;
}

}  // namespace whiteline
