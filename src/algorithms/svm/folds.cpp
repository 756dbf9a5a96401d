#include "algorithms/svm/folds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formulas/philox.hpp"

namespace whiteline::svm {

std::vector<std::int32_t> calibration_folds(const SortedRows& rows, int folds, std::uint64_t seed) {
  const auto smallest =
      std::min_element(rows.classes.begin(), rows.classes.end(),
                       [](const ClassRows& a, const ClassRows& b) { return a.rows < b.rows; });
  if (folds < 2 || folds > smallest->rows)
    throw InvalidArgument(
        fmt::format("cannot make {} folds (class {} has {} rows) choose 2 to {} folds", folds,
                    smallest->label, smallest->rows, smallest->rows));
  std::vector<std::int32_t> fold(rows.order.size(), -1);
  for (const ClassRows& c : rows.classes) {
    std::vector<std::pair<std::uint32_t, std::int64_t>> order;  // word, kernel row
    for (std::int64_t r = c.begin; r < c.begin + c.rows; ++r)
      order.emplace_back(formulas::philox_word(seed, std::uint64_t(rows.order[at(r)]), 1, 0,
                                               formulas::Purpose::split),
                         r);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
      fold[at(order[i].second)] = static_cast<std::int32_t>(i % std::size_t(folds));
  }
  return fold;
}

}  // namespace whiteline::svm
