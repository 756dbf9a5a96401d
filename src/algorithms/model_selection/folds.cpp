#include <fmt/format.h>
#include <whiteline/model_selection.hpp>

#include <algorithm>
#include <map>

#include "algorithms/model_selection/drawn_order.hpp"

namespace whiteline {

namespace {

// Rows of each class, classes in the order of their first rows.
struct ClassMembers {
  std::int32_t label;
  std::vector<std::size_t> rows;
};
std::vector<ClassMembers> members_of(std::span<const std::int32_t> labels) {
  std::vector<ClassMembers> classes;
  std::map<std::int32_t, std::size_t> position;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto [found, is_new] = position.try_emplace(labels[row], classes.size());
    if (is_new) classes.push_back({labels[row], {}});
    classes[found->second].rows.push_back(row);
  }
  return classes;
}

void check_folds(int folds, const std::vector<ClassMembers>& classes) {
  require(!classes.empty(), "cannot make folds (there are no rows) give labelled spectra");
  const auto smallest = std::min_element(
      classes.begin(), classes.end(),
      [](const ClassMembers& a, const ClassMembers& b) { return a.rows.size() < b.rows.size(); });
  if (folds < 2 || std::size_t(folds) > smallest->rows.size())
    throw InvalidArgument(
        fmt::format("cannot make {} folds (class {} has {} rows) choose 2 to {} folds", folds,
                    smallest->label, smallest->rows.size(), smallest->rows.size()));
}

void shuffle(std::vector<std::size_t>& rows, std::uint64_t seed) {
  using model_selection::Draw;
  const std::vector<std::size_t> before = rows;
  const auto order = model_selection::drawn_order(std::span(before), seed, Draw::search_folds);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = before[order[i]];
}

}  // namespace

std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> labels,
                                           const FoldParams& params) {
  std::vector<ClassMembers> classes = members_of(labels);
  check_folds(params.folds, classes);
  const auto folds = static_cast<std::size_t>(params.folds);
  std::vector<std::int32_t> fold(labels.size());
  std::size_t begin = 0;  // of the class among the sorted labels
  for (ClassMembers& c : classes) {
    if (params.shuffle) shuffle(c.rows, params.seed);
    auto row = c.rows.begin();
    const std::size_t end = begin + c.rows.size();
    for (std::size_t f = 0; f < folds; ++f) {
      // Positions p in [begin, end) with p mod folds = f.
      const auto below = [&](std::size_t p) { return (p + folds - 1 - f) / folds; };
      for (std::size_t left = below(end) - below(begin); left > 0; --left)
        fold[*row++] = static_cast<std::int32_t>(f);
    }
    begin = end;
  }
  return fold;
}

}  // namespace whiteline
